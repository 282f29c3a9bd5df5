Feature: Self-healing
  The daemon pod of a node comes back on that node, whatever happened to it.

  Rule: A daemon pod that is deleted MUST be replaced on the same node
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @MANAGE-02 @EVENTS-01
    Scenario: A deleted daemon pod comes back under another name
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-b" is a new one
      And the daemon pods of "agent" on "node-a" are the same as before

    @core @MANAGE-08 @MANAGE-09
    Scenario: The replacement waits until the old daemon pod is gone
      When the daemon pod of "agent" on "node-b" is deleted
      Then the daemon pod of "agent" on "node-b" is a new one
      And on no node was a daemon pod of "agent" created before its predecessor was gone

    @core @MANAGE-02
    Scenario: All daemon pods deleted at once come back
      When all daemon pods of "agent" are deleted
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-a" is a new one
      And the daemon pod of "agent" on "node-b" is a new one

    @extended @MANAGE-08 @MANAGE-09 @STATUS-02
    Scenario: As long as a daemon pod is terminating nothing is created beside it
      Given the kubelet of "node-b" stopped
      When the daemon pod of "agent" on "node-b" is deleted
      Then the daemon pod of "agent" on "node-b" is terminating
      And "agent" has 2 daemon pods
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |

  Rule: A daemon pod that has failed MUST be deleted and replaced
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @MANAGE-12 @MANAGE-13 @EVENTS-05
    Scenario: A failed daemon pod is replaced
      When the daemon pod of "agent" on "node-b" fails
      Then the daemon pod of "agent" on "node-b" is a new one
      And "agent" is available on exactly "node-a" and "node-b"
      And "agent" has the Warning event "FailedDaemonPod" saying "Found failed daemon pod <namespace>/<pod> on node node-b, will try to kill it"
      And the daemon pods of "agent" on "node-a" are the same as before

    @core @MANAGE-13
    Scenario: An evicted daemon pod is replaced
      When the kubelet of "node-b" evicts the daemon pod of "agent"
      Then the daemon pod of "agent" on "node-b" is a new one
      And "agent" is available on exactly "node-a" and "node-b"

    @core @MANAGE-16 @MANAGE-17
    Scenario: A daemon pod that fails again and again is deleted less and less often
      When the daemon pod of "agent" on "node-b" fails 3 times
      Then the failed daemon pods of "agent" on "node-b" were deleted at least 1 and 2 seconds apart
      And the daemon pod of "agent" on "node-b" is a new one

    @extended @MANAGE-15
    Scenario: The slowing down of one node does not concern the others
      Given the daemon pod of "agent" on "node-b" failed 2 times
      When the daemon pod of "agent" on "node-a" fails
      Then the daemon pod of "agent" on "node-a" is a new one
      And "agent" is available on exactly "node-a" and "node-b"

    @core @since-1.27 @MANAGE-20 @EVENTS-06 @GATES-10
    Scenario: A daemon pod that has ended successfully is replaced
      When the daemon pod of "agent" on "node-b" succeeds
      Then the daemon pod of "agent" on "node-b" is a new one
      And "agent" is available on exactly "node-a" and "node-b"
      And "agent" has the Normal event "SucceededDaemonPod" saying "Found succeeded daemon pod <namespace>/<pod> on node node-b, will try to delete it"

  Rule: A look that failed MUST be repeated, ever less often until one succeeds
    @extended @since-1.27 @QUEUE-03 @MANAGE-28 @MANAGE-29
    Scenario: Of five daemon pods that cannot be created one is tried at a time, after longer and longer pauses
      Given a cluster with 5 nodes
      And the namespace allows only 0 pods
      When the DaemonSet "agent" is applied
      Then "agent" is tried again after 3 pauses that double, one daemon pod at a time
      And "agent" has 0 daemon pods

    @extended @since-1.27 @QUEUE-03
    Scenario: After a success the pauses are short again
      Given a cluster with nodes "node-a" and "node-b"
      And the namespace allows only 0 pods
      And the DaemonSet "agent" was applied
      And "agent" was tried in vain 9 times
      And the namespace allows 2 pods from now on
      And the label "touched=yes" was added to the DaemonSet "agent"
      And the status of "agent" shows
        | numberAvailable | 2 |
      When the node "node-c" joins
      Then "agent" is tried again 5 times within a second

  Rule: A daemon pod that has ended MUST NOT hold back its replacement
    @extended @since-1.28 @MANAGE-11 @MANAGE-44 @GATES-11
    Scenario: The replacement does not wait for a finalizer
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | finalizers | example.com/audit |
      When the daemon pod of "agent" on "node-a" fails
      Then "agent" has 2 daemon pods
      And the daemon pod of "agent" on "node-a" that was there before has ended and is terminating
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberAvailable        | 1 |

  Rule: A daemon pod that is only unwell MUST NOT be replaced
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @MANAGE-03 @STATUS-06
    Scenario: A container that exits is restarted in its pod
      When the container of the daemon pod of "agent" on "node-b" exits with 1
      Then the daemon pod of "agent" on "node-b" has restarted 1 time
      And "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before

    @core @MANAGE-03 @STATUS-06 @STATUS-09
    Scenario: A daemon pod that is not ready is waited for
      When the daemon pod of "agent" on "node-b" becomes unready
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |
        | numberReady            | 1 |
        | numberAvailable        | 1 |
        | numberUnavailable      | 1 |
      And the daemon pods of "agent" on every node are the same as before
