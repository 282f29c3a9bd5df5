@since-1.22
Feature: The corners of a surge
  Nodes with more pods than a rollout makes by itself, nodes that come and go, and nodes that are no longer eligible.

  Rule: With maxSurge a node MUST keep one new and one old daemon pod, and lose the others
    @extended @UPDATE-34 @UPDATE-37 @MANAGE-05
    Scenario: Of several old pods the first stays until its successor is available
      Given a cluster with the node "node-a"
      And the pod "alpha" labelled "app=agent" runs on "node-a"
      And the pod "beta" labelled "app=agent" runs on "node-a"
      And the pod "gamma" labelled "app=agent" runs on "node-a"
      And 2 seconds passed
      When the DaemonSet "agent" is applied with
        | maxSurge       | 1     |
        | maxUnavailable | 0     |
        | readiness      | never |
      Then the pod "beta" disappears
      And the pod "gamma" disappears
      And the pod "alpha" is controlled by "agent"
      And "agent" has 2 daemon pods

    @extended @UPDATE-38
    Scenario: A pod of the current template generation is an old one there as long as its hash is another
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" is placed on every node with
        | maxSurge       | 1     |
        | maxUnavailable | 0     |
        | readiness      | never |
      And the pod "twin" was created with
        | labels | app=other,pod-template-generation=1 |
        | node   | node-a                              |
      When the label "app=agent" is added to the pod "twin"
      Then the pod "twin" is controlled by "agent"
      And "agent" has 2 daemon pods
      And the daemon pods of "agent" on "node-a" that were there before are still there

  Rule: With maxSurge a replacement MUST NOT wait for the back-off of a failed daemon pod
    @extended @MANAGE-21 @MANAGE-12
    Scenario: The replacement of a failed daemon pod is created before it is deleted
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      When the daemon pod of "agent" on "node-a" fails
      Then the daemon pod of "agent" on "node-a" is a new one
      And all new daemon pods of "agent" were created before the first old one was deleted

    @extended @MANAGE-21 @MANAGE-16 @MANAGE-17
    Scenario: A failed daemon pod that waits for its back-off has a running one beside it
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      When the daemon pod of "agent" on "node-a" fails 3 times
      Then the failed daemon pods of "agent" on "node-a" were deleted at least 1 and 2 seconds apart
      And the daemon pod of "agent" on "node-a" is a new one
      And on "node-a" a daemon pod of "agent" was ready beside a failed one

  Rule: One daemon pod MUST stand for its node, the oldest that is bound
    @extended @STATUS-05 @STATUS-06 @MANAGE-10
    Scenario: A terminating daemon pod that is still ready counts, not its successor
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the daemon pods of "agent" have been ready for 2 seconds
      And the kubelet of "node-b" stopped
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" has 3 daemon pods
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |
        | updatedNumberScheduled | 2 |
        | numberReady            | 2 |
        | numberAvailable        | 2 |

  Rule: A node without an old daemon pod MUST NOT count as surging
    @extended @UPDATE-42 @UPDATE-48
    Scenario: A new daemon pod that never becomes ready takes no place of the surge
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the DaemonSet "agent" was changed to
        | image     | agent:v2 |
        | readiness | never    |
      And the daemon pod of "agent" on "node-b" was deleted and runs the image "agent:v2"
      When the DaemonSet "agent" is changed to
        | updateStrategy | RollingUpdate |
        | maxSurge       | 1             |
        | maxUnavailable | 0             |
      Then 2 daemon pods of "agent" run the image "agent:v2"
      And the daemon pods of "agent" on "node-a" that were there before are still there
      And "agent" has 3 daemon pods

    @extended @UPDATE-39 @UPDATE-43
    Scenario: A terminating daemon pod is no old one, and its node is looked at all the same
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the daemon pods of "agent" have been ready for 2 seconds
      And the kubelet of "node-b" stopped
      And the daemon pod of "agent" on "node-b" was deleted and terminates
      When the image of "agent" changes to "agent:v2"
      Then 2 daemon pods of "agent" run the image "agent:v2"
      And the daemon pods of "agent" on "node-a" run the image "agent:v2"

  Rule: An old daemon pod on a node that is not eligible MUST go at once when it is unavailable
    @extended @since-1.29 @UPDATE-44 @UPDATE-41 @GATES-12
    Scenario: It goes although there is no surplus
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the daemon pods of "agent" have been ready for 2 seconds
      And the taint "dedicated=gpu:NoSchedule" was added to "node-b"
      And the daemon pod of "agent" on "node-b" became unready
      When the DaemonSet "agent" is changed to
        | image     | agent:v2 |
        | readiness | never    |
      Then the daemon pod of "agent" on "node-b" disappears within 30 seconds
      And the daemon pods of "agent" on "node-a" that were there before are still there
      And 1 daemon pod of "agent" runs the image "agent:v2"

    @extended @slow @UPDATE-49 @MANAGE-23
    Scenario: An old daemon pod of a vanished node holds up the others until it is gone
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the node "node-c" left
      When the image of "agent" changes to "agent:v2"
      Then the daemon pod of "agent" on "node-c" disappears within 100 seconds
      And the rollout of "agent" is complete
      And no new daemon pod of "agent" was created before the one on "node-c" was gone

  Rule: Leaving the surge in the middle of a rollout MUST keep the older daemon pod of a node
    @extended @UPDATE-59 @MANAGE-04
    Scenario: The successor that is not ready goes, and the rollout begins anew without it
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | maxSurge       | 1 |
        | maxUnavailable | 0 |
      And the daemon pods of "agent" have been ready for 2 seconds
      And the rollout of "agent" to the image "agent:v2" has stalled because its pods never become ready
      When the DaemonSet "agent" is changed to
        | maxSurge       | 0 |
        | maxUnavailable | 1 |
      Then 1 daemon pod of "agent" runs the image "agent:v2"
      And "agent" has 1 daemon pod
      And no daemon pod of "agent" with the image "agent:v2" was there before

  Rule: Daemon pods MUST move with the tolerations of the template without falling below their number
    @extended @since-1.29 @UPDATE-53 @UPDATE-46 @PLACE-28 @GATES-12
    Scenario Outline: In three zones, from tolerating <from> to tolerating <to>, <peak> daemon pods become <end>
      Given the nodes
        | node   | taints              |
        | node-1 | zone-x:NoSchedule   |
        | node-2 | zone-x:NoSchedule   |
        | node-3 | zone-y:NoSchedule   |
        | node-4 | zone-y:NoSchedule   |
        | node-5 | zone-z:NoSchedule   |
        | node-6 | zone-z:NoSchedule   |
      And the DaemonSet "agent" is placed on <before> with
        | maxSurge       | 1      |
        | maxUnavailable | 0      |
        | tolerations    | <from> |
      And the status of "agent" shows
        | numberAvailable | <begin> |
      When the DaemonSet "agent" is changed to
        | tolerations | <to> |
      Then "agent" is available on exactly <after>
      And at no time were there more than <peak> daemon pods of "agent"
      And the status of "agent" shows
        | desiredNumberScheduled | <end> |
        | numberMisscheduled     | 0     |

      Examples:
        | from                          | before                                   | begin | to                            | after                                    | peak | end |
        | zone-x Exists, zone-y Exists  | "node-1", "node-2", "node-3" and "node-4" | 4    | zone-x Exists, zone-z Exists  | "node-1", "node-2", "node-5" and "node-6" | 7    | 4   |
        | zone-x Exists, zone-z Exists  | "node-1", "node-2", "node-5" and "node-6" | 4    | Exists                        | every node                               | 7    | 6   |
        | Exists                        | every node                               | 6     | none                          | no node                                  | 6    | 0   |

  Rule: A surge MUST go on as successors become available, and replace what becomes unready at once
    @extended @UPDATE-51 @UPDATE-43 @UPDATE-47 @UPDATE-55
    Scenario: Of three successors one becomes unready, and so does one more old pod
      Given a cluster with 5 nodes
      And the DaemonSet "agent" runs on every node with
        | maxSurge        | 3 |
        | maxUnavailable  | 0 |
        | minReadySeconds | 5 |
      And the daemon pods of "agent" have been ready for 6 seconds
      When the image of "agent" changes to "agent:v2", and one of 3 successors and an old pod alone become unready
      Then 5 daemon pods of "agent" run the image "agent:v2"
      And 1 daemon pod of "agent" runs the image "agent:v1"
      And the status of "agent" shows
        | updatedNumberScheduled | 4 |
        | numberAvailable        | 5 |

  Rule: A disturbed surge MUST never run two daemon pods of one version on a node, and come to its end
    @extended @slow @UPDATE-54 @UPDATE-36 @UPDATE-43 @UPDATE-47
    Scenario: Daemon pods are deleted and become unready during the rollout
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node with
        | maxSurge        | 20%             |
        | maxUnavailable  | 0               |
        | minReadySeconds | 5               |
        | readiness       | after 3 seconds |
      And the daemon pods of "agent" have been ready for 6 seconds
      When the image of "agent" changes to "agent:v2" while daemon pods are deleted and become unready
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v2"
      And at no time had a node two daemon pods of "agent" of one version
