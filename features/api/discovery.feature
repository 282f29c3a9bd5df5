Feature: What an API server says about DaemonSets

  Background:
    Given a cluster without nodes

  Rule: DaemonSets MUST be told by discovery as namespaced objects of the group apps, with their short name
    @extended @API-01 @API-02
    Scenario: The resources of the version are asked for
      When the path "/apis/apps/v1" is asked for
      Then the answer lists the resource "daemonsets" with these fields
        | field      | value                                                                                   |
        | kind       | "DaemonSet"                                                                             |
        | namespaced | true                                                                                    |
        | shortNames | ["ds"]                                                                                  |
        | categories | ["all"]                                                                                 |
        | verbs      | ["create","delete","deletecollection","get","list","patch","update","watch"] |

    @extended @API-02
    Scenario: The status is a resource of its own that is read and written
      When the path "/apis/apps/v1" is asked for
      Then the answer lists the resource "daemonsets/status" with these fields
        | field | value                    |
        | kind  | "DaemonSet"              |
        | verbs | ["get","patch","update"] |

    @extended @since-1.27 @API-01
    Scenario: The singular is told as well
      When the path "/apis/apps/v1" is asked for
      Then the answer lists the resource "daemonsets" with these fields
        | field        | value       |
        | singularName | "daemonset" |

    @extended @API-01
    Scenario: A list says what it is a list of
      When the path "/apis/apps/v1/namespaces/<namespace>/daemonsets" is asked for
      Then the answer has these fields
        | field      | value           |
        | kind       | "DaemonSetList" |
        | apiVersion | "apps/v1"       |

  Rule: DaemonSets MUST be served in apps/v1 alone
    @extended @API-01 @GATES-19
    Scenario: The group has one version
      When the path "/apis/apps" is asked for
      Then the answer lists exactly the versions "v1"

    @extended @GATES-19
    Scenario Outline: There is nothing left of <path>
      When the path "<path>" is asked for
      Then there is nothing at that path

      Examples:
        | path                                                       |
        | /apis/apps/v1beta1                                         |
        | /apis/apps/v1beta2                                         |
        | /apis/apps/v1beta2/daemonsets                              |
        | /apis/apps/v1beta2/namespaces/<namespace>/daemonsets       |
        | /apis/extensions/v1beta1/daemonsets                        |
        | /apis/extensions/v1beta1/namespaces/<namespace>/daemonsets |
