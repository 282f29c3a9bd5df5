Feature: The budget of a rolling update
  Who counts as unavailable, and what follows for the others.

  Rule: A node whose daemon pod is on its way out MUST use up the budget
    @extended @UPDATE-19 @UPDATE-16 @UPDATE-14
    Scenario: While one daemon pod terminates, an available old one stays
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the kubelet of "node-b" stopped
      And the daemon pod of "agent" on "node-b" was deleted and terminates
      When the image of "agent" changes to "agent:v2"
      Then the status of "agent" shows
        | observedGeneration     | 2 |
        | updatedNumberScheduled | 0 |
      And 1 daemon pod of "agent" runs the image "agent:v1"
      And the daemon pods of "agent" on "node-a" are the same as before

    @extended @UPDATE-10 @UPDATE-09 @UPDATE-33
    Scenario: A percentage grows with the nodes that join during the rollout
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | maxUnavailable | 50% |
      And the kubelet of "node-b" stopped
      And the daemon pod of "agent" on "node-b" was deleted and terminates
      And the image of "agent" changed to "agent:v2"
      When 2 nodes join
      Then the daemon pods of "agent" on "node-1", "node-2" and "node-a" run the image "agent:v2"
      And the daemon pod of "agent" on "node-b" is terminating

  Rule: An error in the care for daemon pods MUST hold up the rollout but not the status
    @extended @since-1.27 @MANAGE-35 @UPDATE-04 @STATUS-13
    Scenario: As long as a daemon pod cannot be created no old one is replaced
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | maxUnavailable | 2 |
      And the namespace allows only 1 pods
      And the node "node-b" joined
      And "agent" has a Warning event "FailedCreate"
      When the image of "agent" changes to "agent:v2"
      Then the status of "agent" shows
        | observedGeneration     | 2 |
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 1 |
        | updatedNumberScheduled | 0 |
        | numberAvailable        | 1 |
      And the daemon pods of "agent" on "node-a" are the same as before

  Rule: Without a desired node the limit MUST decide what becomes of old daemon pods that may stay
    @extended @since-1.29 @UPDATE-26 @UPDATE-13 @UPDATE-46
    Scenario Outline: With <limit> of <value> the old daemon pods are <kept>
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | <limit> | <value> |
        | <other> | 0       |
      And the taint "dedicated=gpu:NoSchedule" was added to "node-a"
      And the taint "dedicated=gpu:NoSchedule" was added to "node-b"
      When the image of "agent" changes to "agent:v2"
      Then the status of "agent" shows
        | observedGeneration     | 2 |
        | desiredNumberScheduled | 0 |
        | numberMisscheduled     | <kept> |
      And "agent" has <kept> daemon pods

      Examples:
        | limit          | value | other          | kept |
        | maxUnavailable | 1     | maxSurge       | 0    |
        | maxUnavailable | 50%   | maxSurge       | 2    |
        | maxSurge       | 1     | maxUnavailable | 0    |
        | maxSurge       | 50%   | maxUnavailable | 2    |

  Rule: Old daemon pods that are unavailable MUST all go, and use up the budget of the available ones
    @extended @since-1.31 @UPDATE-31 @UPDATE-21 @UPDATE-20
    Scenario: On a hundred nodes with few healthy pods only the unavailable old ones go
      Given a cluster with 100 nodes
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the DaemonSet "agent" was changed to
        | image     | agent:v2 |
        | readiness | never    |
      And 88 of the daemon pods of "agent" were deleted and replaced
      And 2 daemon pods of "agent" with the image "agent:v1" became unready
      When the DaemonSet "agent" is changed to
        | updateStrategy | RollingUpdate |
        | maxUnavailable | 10            |
      Then 90 daemon pods of "agent" run the image "agent:v2"
      And 10 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | updatedNumberScheduled | 90 |
        | numberAvailable        | 10 |

  Rule: A node with several daemon pods MUST use up the budget of one, and be left alone by the rollout
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |

    @extended @UPDATE-17 @UPDATE-25
    Scenario Outline: With maxUnavailable <limit> two old ones on a node that is gone let <updated> others be updated
      Given the pod "ghost-1" was created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | nowhere   |
        | readiness  | never     |
      And the pod "ghost-2" was created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | nowhere   |
        | readiness  | never     |
      When the DaemonSet "agent" is changed to
        | image          | agent:v2      |
        | updateStrategy | RollingUpdate |
        | maxUnavailable | <limit>       |
      Then <updated> daemon pods of "agent" run the image "agent:v2"
      And the pods "ghost-1" and "ghost-2" are still there, and nobody asked for their deletion

      Examples:
        | limit | updated |
        | 1     | 0       |
        | 2     | 2       |

    @extended @since-1.25 @UPDATE-18 @UPDATE-25
    Scenario Outline: With maxUnavailable <limit> an old and an updated one on a node that is gone let <updated> others be updated
      Given the pod "ghost-1" was created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | nowhere   |
        | readiness  | never     |
      And the pod "ghost-2" was created with
        | labels     | app=agent,pod-template-generation=2 |
        | controller | agent                               |
        | node       | nowhere                             |
        | readiness  | never                               |
      When the DaemonSet "agent" is changed to
        | image          | agent:v2      |
        | updateStrategy | RollingUpdate |
        | maxUnavailable | <limit>       |
      Then <updated> daemon pods of "agent" run the image "agent:v2"
      And the pods "ghost-1" and "ghost-2" are still there, and nobody asked for their deletion

      Examples:
        | limit | updated |
        | 1     | 0       |
        | 2     | 2       |

    @extended @since-1.22 @UPDATE-40
    Scenario Outline: With maxSurge <limit> two old ones on a node that is gone let <updated> others be updated
      Given the pod "ghost-1" was created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | nowhere   |
        | readiness  | never     |
      And the pod "ghost-2" was created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | nowhere   |
        | readiness  | never     |
      When the DaemonSet "agent" is changed to
        | image          | agent:v2      |
        | updateStrategy | RollingUpdate |
        | maxSurge       | <limit>       |
        | maxUnavailable | 0             |
      Then <updated> daemon pods of "agent" run the image "agent:v2"
      And the pods "ghost-1" and "ghost-2" are still there, and nobody asked for their deletion

      Examples:
        | limit | updated |
        | 1     | 0       |
        | 2     | 2       |

  Rule: A daemon pod MUST pass for updated if its hash or its template generation is the current one
    @extended @UPDATE-05 @UPDATE-56 @HISTORY-10
    Scenario: The current hash is enough although the template generation is an older one
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the image of "agent" changed to "agent:v2"
      And the status of "agent" shows
        | updatedNumberScheduled | 0 |
      When the image of "agent" changes to "agent:v1"
      Then the template generation of "agent" is 3
      And every daemon pod of "agent" has the label "pod-template-generation=1"
      And the status of "agent" shows
        | observedGeneration     | 3 |
        | updatedNumberScheduled | 2 |
      And the daemon pods of "agent" on every node are the same as before
