@since-1.22
Feature: Rolling update with surge
  With maxSurge the new daemon pod starts beside the old one, so that no node is without.

  Rule: With maxSurge an old daemon pod MUST stay until its successor is available
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @core @UPDATE-45 @UPDATE-47 @UPDATE-50 @GATES-08
    Scenario: No node is ever without an available daemon pod
      Given the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v2"
      And at no time were more than 0 nodes without an available daemon pod of "agent"
      And at no time were more than 1 nodes waiting for the successor of a daemon pod of "agent"

    @core @UPDATE-37 @UPDATE-47 @UPDATE-48
    Scenario: A successor that never becomes ready replaces nothing
      Given the DaemonSet "agent" runs on every node with
        | maxSurge        | 1 |
        | maxUnavailable  | 0 |
        | minReadySeconds | 2 |
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then 1 daemon pod of "agent" runs the image "agent:v2"
      And 3 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | numberAvailable        | 3 |

    @core @UPDATE-36 @UPDATE-55
    Scenario: A successor counts when it is available, not when it is ready
      Given the DaemonSet "agent" runs on every node with
        | maxSurge        | 3 |
        | maxUnavailable  | 0 |
        | minReadySeconds | 2 |
      And the daemon pods of "agent" have been ready for 5 seconds
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And at no time were more than 0 nodes without an available daemon pod of "agent"

    @extended @STATUS-11 @UPDATE-37
    Scenario: The older pod speaks for its node
      Given the DaemonSet "agent" runs on every node with
        | maxSurge        | 3 |
        | maxUnavailable  | 0 |
        | minReadySeconds | 2 |
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then 3 daemon pods of "agent" run the image "agent:v2"
      And the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | currentNumberScheduled | 3 |
        | updatedNumberScheduled | 0 |
        | numberAvailable        | 3 |

  Rule: maxSurge MUST limit how many nodes run two daemon pods
    @core @UPDATE-09 @UPDATE-12 @UPDATE-48
    Scenario Outline: <maxSurge> of 3 nodes are <surging>
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node with
        | maxSurge        | <maxSurge> |
        | maxUnavailable  | 0          |
        | minReadySeconds | 2          |
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then <surging> daemon pods of "agent" run the image "agent:v2"
      And 3 daemon pods of "agent" run the image "agent:v1"

      Examples: A number, and percentages rounded up
        | maxSurge | surging |
        | 2        | 2       |
        | 10%      | 1       |
        | 34%      | 2       |
        | 100%     | 3       |

  Rule: Old daemon pods that are unavailable MUST be replaced without regard to maxSurge
    @core @UPDATE-43 @UPDATE-35
    Scenario: Broken pods go at once although their successors are not ready either
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" is placed on every node with
        | maxSurge       | 1     |
        | maxUnavailable | 0     |
        | readiness      | never |
      When the image of "agent" changes to "agent:v2"
      Then 3 daemon pods of "agent" run the image "agent:v2"
      And no daemon pod of "agent" runs the image "agent:v1"
      And all new daemon pods of "agent" were created before the first old one was deleted

  Rule: With maxSurge a terminating daemon pod MUST NOT hold back its replacement
    @core @MANAGE-10 @UPDATE-12
    Scenario: The replacement is created beside the terminating pod
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the kubelet of "node-b" stopped
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" has 3 daemon pods
      And the daemon pod of "agent" on "node-b" that was there before is terminating

  Rule: OnDelete MUST NOT surge
    @extended @UPDATE-57 @MANAGE-09
    Scenario: A stored maxSurge is not used
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
        | maxSurge       | 1        |
        | maxUnavailable | 0        |
      And the image of "agent" changed to "agent:v2"
      When the daemon pod of "agent" on "node-a" is deleted
      Then the daemon pod of "agent" on "node-a" is a new one
      And on no node was a daemon pod of "agent" created before its predecessor was gone

  Rule: Nodes that the new template excludes MUST lose their daemon pod only out of surplus
    @extended @since-1.29 @UPDATE-46 @UPDATE-52 @GATES-12
    Scenario: The tainted node goes, the others never fall below their number
      Given a cluster with nodes "node-a" and "node-b"
      And the node "node-c" tainted "dedicated=gpu:NoSchedule"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1                        |
        | maxUnavailable | 0                        |
        | tolerations    | dedicated=gpu:NoSchedule |
      When the DaemonSet "agent" is changed to
        | image       | agent:v2 |
        | tolerations | none     |
      Then "agent" is available on exactly "node-a" and "node-b"
      And 2 daemon pods of "agent" run the image "agent:v2"
      And at all times at least 2 nodes had an available daemon pod of "agent"

    @extended @since-1.29 @UPDATE-46 @UPDATE-43 @GATES-12
    Scenario: Where the successor is not available, one of two misplaced pods is kept
      Given a cluster with the node "node-a"
      And the nodes
        | node   | taints                   |
        | node-b | dedicated=gpu:NoSchedule |
        | node-c | dedicated=gpu:NoSchedule |
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1                        |
        | maxUnavailable | 0                        |
        | tolerations    | dedicated=gpu:NoSchedule |
      And the daemon pod of "agent" on "node-a" became unready
      When the DaemonSet "agent" is changed to
        | image       | agent:v2 |
        | tolerations | none     |
        | readiness   | never    |
      Then the daemon pods of "agent" on "node-a" run the image "agent:v2"
      And 1 daemon pod of "agent" runs the image "agent:v1"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
        | numberAvailable        | 0 |
