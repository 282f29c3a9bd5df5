Feature: Updates of DaemonSets

  Background:
    Given a cluster without nodes
    And the DaemonSet "agent" runs on no node

  Rule: The selector MUST NOT change
    @core @API-54
    Scenario Outline: Changing <field> is refused
      When "<field>" of the DaemonSet "agent" is changed to <value>
      Then the request is refused as "Invalid" at "spec.selector" with "field is immutable"

      Examples:
        | field                          | value                                                              |
        | spec.selector.matchLabels.team | "blue"                                                             |
        | spec.selector.matchExpressions | [{"key":"app","operator":"Exists"}]                                |

  Rule: The rest of the spec MUST be open to change under the same rules as at first
    @core @API-55
    Scenario Outline: Changing <field> to <value> is refused
      When "<field>" of the DaemonSet "agent" is changed to <value>
      Then the request is refused as "Invalid" at "<path>" with "<reason>"

      Examples:
        | field                            | value               | path                             | reason                               |
        | spec.minReadySeconds             | -1                  | spec.minReadySeconds             | must be greater than or equal to 0 |
        | spec.template.spec.restartPolicy | "Never"             | spec.template.spec.restartPolicy | Unsupported value                  |
        | spec.template.metadata.labels    | {"app":"other"}     | spec.template.metadata.labels    | `selector` does not match template `labels` |
        | metadata.uid                     | "0000-0000"         | metadata.uid                     | field is immutable                 |

    @core @API-57 @API-18 @API-19
    Scenario Outline: A change of <field> makes generation 2 and template generation <template generation>
      When "<field>" of the DaemonSet "agent" is changed to <value>
      Then the generation of "agent" is 2
      And the template generation of "agent" is <template generation>

      Examples:
        | field                                            | value                    | template generation |
        | spec.template.spec.hostNetwork                   | true                     | 2                   |
        | spec.template.metadata.labels.tier               | "node"                   | 2                   |
        | spec.template.metadata.annotations               | {"team":"blue"}          | 2                   |
        | spec.minReadySeconds                             | 5                        | 1                   |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "50%"                    | 1                   |
        | spec.updateStrategy                              | {"type":"OnDelete","rollingUpdate":null} | 1   |
        | spec.revisionHistoryLimit                        | 0                        | 1                   |

    @core @API-20 @API-21
    Scenario Outline: A change of <field> makes no generation
      When "<field>" of the DaemonSet "agent" is changed to <value>
      Then the generation of "agent" is 1
      And the template generation of "agent" is 1

      Examples:
        | field                                                        | value             |
        | metadata.labels                                              | {"team":"blue"}   |
        | metadata.annotations                                         | {"deprecated.daemonset.template.generation":"9"} |
        | metadata.generation                                          | 9                 |
        | spec.template.spec.nodeSelector                              | {}                |

  Rule: Spec and status MUST be written apart
    @core @API-22
    Scenario: A status in an update of the DaemonSet is ignored
      When "status.numberReady" of the DaemonSet "agent" is changed to 7
      Then the DaemonSet "agent" has these fields
        | field              | value |
        | status.numberReady | 0     |

    @core @API-28 @API-29
    Scenario: A spec in an update of the status is ignored, a label is not
      When the status of "agent" is written with these fields
        | field                       | value    |
        | spec.minReadySeconds        | 9        |
        | metadata.labels.team        | "blue"   |
      Then the DaemonSet "agent" has these fields
        | field                | value  |
        | spec.minReadySeconds | null   |
        | metadata.labels.team | "blue" |
      And the generation of "agent" is 1

    @extended @API-31
    Scenario: The number of hash collisions does not fall
      Given the status of "agent" was written with these fields
        | field                 | value |
        | status.collisionCount | 2     |
      When the status of "agent" is written with these fields
        | field                 | value |
        | status.collisionCount | 1     |
      Then the request is refused as "Invalid" at "status.collisionCount" with "cannot be decremented"

  Rule: An update MUST NOT overwrite a change that its author has not seen
    @core @API-23
    Scenario: An outdated update is refused
      Given somebody read the DaemonSet "agent"
      And the label "team=red" was added to the DaemonSet "agent"
      When that reader replaces what was read
      Then the request is refused as "Conflict" with "the object has been modified"

    @core @API-23
    Scenario: An update without a resource version is accepted
      Given somebody read the DaemonSet "agent"
      And the label "team=red" was added to the DaemonSet "agent"
      When that reader replaces what was read whatever has happened since
      Then the DaemonSet "agent" has these fields
        | field                | value |
        | metadata.labels.team | null  |

    @core @API-23
    Scenario: An update creates nothing
      When the DaemonSet "missing" is replaced
      Then the request is refused as "NotFound" with 'daemonsets.apps "missing" not found'
