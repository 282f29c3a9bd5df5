Feature: Defaults of DaemonSets

  Background:
    Given a cluster without nodes

  Rule: What is left out MUST be filled in
    @core @API-08 @API-09 @API-11
    Scenario: Strategy and limits
      When a DaemonSet with these fields is created
        | field               | value |
        | spec.updateStrategy | null  |
      Then the DaemonSet "agent" has these fields
        | field                                            | value           |
        | spec.updateStrategy.type                         | "RollingUpdate" |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | 1               |
        | spec.revisionHistoryLimit                        | 10              |
        | spec.minReadySeconds                             | null            |

    @core @since-1.22 @API-09 @GATES-08
    Scenario: No surge
      When the DaemonSet "agent" is applied
      Then the DaemonSet "agent" has these fields
        | field                                      | value |
        | spec.updateStrategy.rollingUpdate.maxSurge | 0     |

    @core @API-09
    Scenario: A given limit is kept
      When a DaemonSet whose "spec.updateStrategy" is {"rollingUpdate":{"maxUnavailable":"30%"}} is created
      Then the DaemonSet "agent" has these fields
        | field                                            | value           |
        | spec.updateStrategy.type                         | "RollingUpdate" |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "30%"           |

    @core @API-10
    Scenario: OnDelete has no limits
      When a DaemonSet whose "spec.updateStrategy" is {"type":"OnDelete"} is created
      Then the DaemonSet "agent" has these fields
        | field               | value               |
        | spec.updateStrategy | {"type":"OnDelete"} |

    @core @API-11
    Scenario: A history limit of zero is no missing limit
      When a DaemonSet whose "spec.revisionHistoryLimit" is 0 is created
      Then the DaemonSet "agent" has these fields
        | field                     | value |
        | spec.revisionHistoryLimit | 0     |

    @core @API-13
    Scenario: The pod template
      When the DaemonSet "agent" is applied
      Then the DaemonSet "agent" has these fields
        | field                                                  | value               |
        | spec.template.spec.restartPolicy                       | "Always"            |
        | spec.template.spec.dnsPolicy                           | "ClusterFirst"      |
        | spec.template.spec.terminationGracePeriodSeconds       | 30                  |
        | spec.template.spec.schedulerName                       | "default-scheduler" |
        | spec.template.spec.securityContext                     | {}                  |
        | spec.template.spec.containers[0].imagePullPolicy       | "IfNotPresent"      |
        | spec.template.spec.containers[0].terminationMessagePath | "/dev/termination-log" |
        | spec.template.spec.enableServiceLinks                  | null                |

  Rule: What a client must say itself MUST NOT be filled in
    @core @API-12
    Scenario: Labels are not taken from the template
      When a DaemonSet whose "metadata.labels" is null is created
      Then the DaemonSet "agent" has these fields
        | field           | value |
        | metadata.labels | null  |

  Rule: What belongs to the server MUST NOT be set by a client
    @core @API-14 @API-04
    Scenario: A status that is sent along is dropped
      When a DaemonSet whose "status" is {"numberReady":7,"desiredNumberScheduled":7,"currentNumberScheduled":7,"numberMisscheduled":7} is created
      Then the DaemonSet "agent" has these fields
        | field                         | value |
        | status.numberReady            | 0     |
        | status.desiredNumberScheduled | 0     |
        | status.currentNumberScheduled | 0     |
        | status.numberMisscheduled     | 0     |

    @core @API-15
    Scenario: The first generation is 1
      When a DaemonSet whose "metadata.generation" is 7 is created
      Then the generation of "agent" is 1

    @extended @API-16 @API-05
    Scenario Outline: The template generation <given> becomes <stored>
      When a DaemonSet whose "metadata.annotations" is <given> is created
      Then the template generation of "agent" is <stored>

      Examples:
        | given                                              | stored |
        | {}                                                 | 1      |
        | {"deprecated.daemonset.template.generation":"0"}   | 1      |
        | {"deprecated.daemonset.template.generation":"-3"}  | 1      |
        | {"deprecated.daemonset.template.generation":"41"}  | 41     |
