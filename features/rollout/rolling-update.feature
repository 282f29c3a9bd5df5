Feature: Rolling update

  Rule: A change of the template MUST be rolled out to every node
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node

    @core @UPDATE-01 @UPDATE-32 @HISTORY-08
    Scenario: A new image reaches every node
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v2"
      And "agent" is available on exactly "node-a", "node-b" and "node-c"
      And the revisions of "agent" are
        | revision | image    |
        | 1        | agent:v1 |
        | 2        | agent:v2 |

    @core @UPDATE-32 @UPDATE-23
    Scenario: By default one node at a time is without an available daemon pod
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And at no time were more than 1 nodes without an available daemon pod of "agent"

    @core @UPDATE-15 @UPDATE-19 @MANAGE-09
    Scenario: The new daemon pod is created when the old one is gone
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And on no node was a daemon pod of "agent" created before its predecessor was gone

    @core @API-25 @API-18 @STATUS-13
    Scenario: A rollout begins with a new generation
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And the generation of "agent" is 2
      And the template generation of "agent" is 2

    @core @UPDATE-03 @UPDATE-63
    Scenario Outline: A change of the template's <setting> is rolled out
      When the DaemonSet "agent" is changed to
        | <setting> | <value> |
      Then the rollout of "agent" is complete
      And the daemon pod of "agent" on "node-a" is a new one
      And the daemon pod of "agent" on "node-b" is a new one
      And the daemon pod of "agent" on "node-c" is a new one

      Examples:
        | setting             | value                                                |
        | template label      | tier=node                                            |
        | template annotation | kubectl.kubernetes.io/restartedAt=2026-01-01T00:00:00Z |
        | environment         | LEVEL=debug                                          |

    @core @UPDATE-03
    Scenario Outline: A change of <setting> replaces no daemon pod
      When the DaemonSet "agent" is changed to
        | <setting> | <value> |
      Then the rollout of "agent" is complete
      And the daemon pods of "agent" on every node are the same as before
      And "agent" has 1 revision

      Examples:
        | setting              | value     |
        | label                | team=blue |
        | annotation           | team=blue |
        | maxUnavailable       | 2         |
        | minReadySeconds      | 1         |
        | revisionHistoryLimit | 3         |
        | updateStrategy       | OnDelete  |

    @core @UPDATE-65
    Scenario: A second change during a rollout goes straight to the newest template
      Given the rollout of "agent" to the image "agent:non-existent" has stalled because it cannot be pulled
      When the image of "agent" changes to "agent:v3"
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v3"

  Rule: maxUnavailable MUST limit how many nodes are without an available daemon pod
    Background:
      Given a cluster with 5 nodes

    @core @UPDATE-23 @UPDATE-22 @UPDATE-27
    Scenario: Two nodes at a time
      Given the DaemonSet "agent" runs on every node with
        | maxUnavailable | 2 |
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 5 daemon pods of "agent" run the image "agent:v2"
      And at no time were more than 2 nodes without an available daemon pod of "agent"

    @core @UPDATE-20 @UPDATE-28
    Scenario: New pods that never become ready stop the rollout
      Given the DaemonSet "agent" runs on every node with
        | maxUnavailable | 3 |
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then 3 daemon pods of "agent" run the image "agent:v2"
      And 2 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | updatedNumberScheduled | 3 |
        | numberAvailable        | 2 |
        | numberUnavailable      | 3 |

    @core @UPDATE-08 @UPDATE-09 @UPDATE-28
    Scenario Outline: <maxUnavailable> of 5 nodes are <replaced>
      Given the DaemonSet "agent" runs on every node with
        | maxUnavailable | <maxUnavailable> |
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then <replaced> daemon pods of "agent" run the image "agent:v2"
      And <kept> daemon pods of "agent" run the image "agent:v1"

      Examples: Percentages are rounded up
        | maxUnavailable | replaced | kept |
        | 1%             | 1        | 4    |
        | 20%            | 1        | 4    |
        | 21%            | 2        | 3    |
        | 50%            | 3        | 2    |
        | 100%           | 5        | 0    |

  Rule: Old daemon pods that are unavailable MUST be replaced before available ones
    Background:
      Given a cluster with nodes "node-a", "node-b", "node-c" and "node-d"

    @core @since-1.31 @UPDATE-21 @UPDATE-29 @GATES-13
    Scenario: A second change replaces only what the first one broke
      Given the DaemonSet "agent" runs on every node with
        | maxUnavailable | 2 |
      And the rollout of "agent" to the image "agent:v2" has stalled because its pods never become ready
      When the image of "agent" changes to "agent:v3"
      Then 2 daemon pods of "agent" run the image "agent:v3"
      And 2 daemon pods of "agent" run the image "agent:v1"
      And no daemon pod of "agent" was deleted while it was available

    @core @UPDATE-21
    Scenario: All unavailable daemon pods go at once, whatever maxUnavailable says
      Given the DaemonSet "agent" is placed on every node with
        | readiness | never |
      When the DaemonSet "agent" is changed to
        | image | agent:v2 |
      Then 4 daemon pods of "agent" run the image "agent:v2"
      And all old daemon pods of "agent" were deleted before the first new one was created

    @extended @since-1.31 @UPDATE-21 @UPDATE-30 @GATES-13
    Scenario: Unavailable daemon pods use up the budget of the available ones
      Given the DaemonSet "agent" runs on every node with
        | maxUnavailable | 2 |
      And the daemon pod of "agent" on "node-a" became unready
      And the daemon pod of "agent" on "node-b" became unready
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then the daemon pods of "agent" on "node-a" and "node-b" run the image "agent:v2"
      And the daemon pods of "agent" on "node-c" and "node-d" are the same as before

  Rule: A daemon pod MUST be ready for minReadySeconds before the next node is taken
    @core @UPDATE-55 @STATUS-08 @UPDATE-20
    Scenario: A ready daemon pod holds its place in the budget until it is available
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | minReadySeconds | 2 |
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And at no time were more than 1 nodes without an available daemon pod of "agent"

    @extended @UPDATE-55 @UPDATE-28
    Scenario: A rollout waits as long as minReadySeconds says
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" is placed on every node
      When the DaemonSet "agent" is changed to
        | image           | agent:v2 |
        | minReadySeconds | 3600     |
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | updatedNumberScheduled | 2 |
        | numberReady            | 2 |
        | numberAvailable        | 0 |

  Rule: A rollout MUST NOT ask for a disruption budget
    @extended @MANAGE-32
    Scenario: A budget that allows no disruption does not stop it
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And a disruption budget that allows no disruption of "agent"
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 2 daemon pods of "agent" run the image "agent:v2"

  Rule: A daemon pod on a node that is no longer eligible MUST take part in the rollout
    @extended @UPDATE-25
    Scenario: It is deleted and not replaced
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the taint "dedicated=gpu:NoSchedule" was added to "node-b"
      When the image of "agent" changes to "agent:v2"
      Then "agent" is available on exactly "node-a"
      And 1 daemon pod of "agent" runs the image "agent:v2"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | updatedNumberScheduled | 1 |
        | numberMisscheduled     | 0 |
