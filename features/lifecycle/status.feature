Feature: Status
  The status of a DaemonSet tells for how many nodes it is meant and how far it has come.

  Rule: The numbers MUST describe nodes, not pods
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @core @STATUS-01 @STATUS-02 @STATUS-12 @STATUS-13
    Scenario: On a healthy cluster all numbers agree
      When the DaemonSet "agent" is applied
      Then the status of "agent" shows
        | observedGeneration     | 1 |
        | desiredNumberScheduled | 3 |
        | currentNumberScheduled | 3 |
        | updatedNumberScheduled | 3 |
        | numberReady            | 3 |
        | numberAvailable        | 3 |
        | numberUnavailable      | 0 |
        | numberMisscheduled     | 0 |

    @core @STATUS-06 @STATUS-07 @STATUS-09
    Scenario: Pods that never become ready are scheduled but unavailable
      When the DaemonSet "agent" is applied with
        | readiness | never |
      Then the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | currentNumberScheduled | 3 |
        | updatedNumberScheduled | 3 |
        | numberReady            | 0 |
        | numberAvailable        | 0 |
        | numberUnavailable      | 3 |

    @core @STATUS-06
    Scenario: A pod that recovers is counted again
      Given the DaemonSet "agent" runs on every node
      And the daemon pod of "agent" on "node-b" became unready
      And the status of "agent" shows
        | numberReady | 2 |
      When the daemon pod of "agent" on "node-b" becomes ready
      Then the status of "agent" shows
        | numberReady       | 3 |
        | numberAvailable   | 3 |
        | numberUnavailable | 0 |

    @core @STATUS-10 @UPDATE-56
    Scenario: Only pods of the newest template count as updated
      Given the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the image of "agent" changed to "agent:v2"
      When the daemon pod of "agent" on "node-b" is deleted
      Then the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | updatedNumberScheduled | 1 |
        | numberAvailable        | 3 |

  Rule: A pod MUST be ready for minReadySeconds before it counts as available
    @core @STATUS-07 @STATUS-08 @STATUS-23 @QUEUE-09
    Scenario: A pod is ready first and available later
      Given a cluster with the node "node-a"
      When the DaemonSet "agent" is applied with
        | minReadySeconds | 3 |
      Then "agent" is available on exactly "node-a"
      And the status of "agent" shows
        | numberReady     | 1 |
        | numberAvailable | 1 |
      And the status of "agent" showed a ready but unavailable node for at least 2 seconds

    @extended @STATUS-08 @UPDATE-03 @UPDATE-55
    Scenario: A longer minReadySeconds makes running pods wait again
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      When the DaemonSet "agent" is changed to
        | minReadySeconds | 3600 |
      Then the status of "agent" shows
        | numberReady       | 1 |
        | numberAvailable   | 0 |
        | numberUnavailable | 1 |
      And the daemon pods of "agent" on every node are the same as before

  Rule: observedGeneration MUST follow the generation of the spec
    Background:
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node

    @core @STATUS-13 @API-18 @API-19
    Scenario Outline: A change of <setting> is observed
      When the DaemonSet "agent" is changed to
        | <setting> | <value> |
      Then the generation of "agent" is 2
      And the status of "agent" shows
        | observedGeneration | 2 |

      Examples:
        | setting              | value    |
        | image                | agent:v2 |
        | maxUnavailable       | 2        |
        | revisionHistoryLimit | 5        |

    @core @API-20
    Scenario: A change of metadata is no new generation
      When the label "team=blue" is added to the DaemonSet "agent"
      Then the generation of "agent" is 1
      And the status of "agent" shows
        | observedGeneration | 1 |

  Rule: The status MUST be kept up although daemon pods cannot be created
    @extended @since-1.27 @STATUS-19 @MANAGE-29 @EVENTS-02 @GATES-09
    Scenario: A quota leaves some nodes without a daemon pod
      Given a cluster with 5 nodes
      And the namespace allows only 2 pods
      When the DaemonSet "agent" is applied
      Then the status of "agent" shows
        | desiredNumberScheduled | 5 |
        | currentNumberScheduled | 2 |
        | numberAvailable        | 2 |
        | numberUnavailable      | 3 |
      And "agent" has 2 daemon pods
      And "agent" has a Warning event "FailedCreate"

  Rule: What others write into the status MUST be kept
    @core @STATUS-15 @API-27 @API-32
    Scenario: A condition of somebody else survives
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And somebody set the condition "StatusUpdate" of "agent" to "True"
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And the condition "StatusUpdate" of "agent" is "True"

    @extended @API-30
    Scenario: Negative numbers are refused
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      When somebody sets numberReady in the status of "agent" to -1
      Then the request is refused as "Invalid" at "status.numberReady" with "must be greater than or equal to 0"
