Feature: Node removal
  A node leaves and its daemon pod goes with it: nothing is moved elsewhere.

  Rule: The daemon pod of a removed node MUST be removed and not replaced elsewhere
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @extended @slow @MANAGE-23 @QUEUE-18 @STATUS-01
    Scenario: The pod garbage collector takes the daemon pod of a removed node
      Given the DaemonSet "agent" runs on every node
      When the node "node-c" leaves
      Then the daemon pod of "agent" on "node-c" disappears within 100 seconds
      And "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on "node-a" and "node-b" are the same as before
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |
        | numberAvailable        | 2 |
        | numberMisscheduled     | 0 |

  Rule: A daemon pod that still waits for a removed node MUST be deleted by the DaemonSet itself
    @extended @MANAGE-22
    Scenario: A pending daemon pod goes at the next look
      Given the nodes
        | node   | cpu |
        | node-a | 8   |
        | node-b | 1   |
      And the DaemonSet "agent" is placed on every node with
        | cpu | 2 |
      And the node "node-b" left
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then "agent" is available on exactly "node-a"
      And the daemon pods of "agent" on "node-a" are the same as before
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |

  Rule: The removal of a node MUST NOT be counted before the DaemonSet is looked at again
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @extended @QUEUE-18 @STATUS-26
    Scenario: Right after the removal the status still speaks of three nodes
      Given the DaemonSet "agent" runs on every node
      When the node "node-c" leaves
      Then the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | numberAvailable        | 3 |

    @core @STATUS-01 @STATUS-04 @QUEUE-02
    Scenario: The next look corrects the numbers although the pod is still there
      Given the DaemonSet "agent" runs on every node
      And the node "node-c" left
      # Nodes and DaemonSets reach the controller by different watches.
      And 2 seconds passed
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |
        | numberAvailable        | 2 |
        | numberMisscheduled     | 0 |

  Rule: Draining a node MUST leave its daemon pod in place
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @core @PLACE-37
    Scenario: Cordoning evicts no daemon pod
      Given the DaemonSet "agent" runs on every node
      When "node-b" is cordoned
      Then "node-b" carries the taint "node.kubernetes.io/unschedulable:NoSchedule"
      And "agent" is available on exactly "node-a", "node-b" and "node-c"
      And the daemon pods of "agent" on every node are the same as before
