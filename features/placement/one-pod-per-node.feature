Feature: One daemon pod per node
  A DaemonSet has no number of replicas. The nodes of the cluster are its number: each eligible node
  runs one daemon pod, no node runs two.

  Rule: A DaemonSet MUST run exactly one daemon pod on every eligible node
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"

    @core @PLACE-02 @MANAGE-01 @STATUS-12
    Scenario: A new DaemonSet reaches every node
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a", "node-b" and "node-c"
      And no node ran two daemon pods of "agent" at a time
      And the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | currentNumberScheduled | 3 |
        | numberReady            | 3 |
        | numberAvailable        | 3 |
        | updatedNumberScheduled | 3 |

    @core @PLACE-02 @MANAGE-03 @MANAGE-55
    Scenario: Two DaemonSets run side by side, each once per node
      Given the DaemonSet "agent" runs on every node
      When the DaemonSet "exporter" is applied
      Then "exporter" is available on exactly "node-a", "node-b" and "node-c"
      And the daemon pods of "agent" on every node are the same as before

    @extended @MANAGE-04 @MANAGE-05 @MANAGE-51
    Scenario: Of two matching pods on one node the older one is kept
      Given the DaemonSet "agent" runs on every node
      When the pod "extra" with the labels of "agent" is created on "node-b"
      Then the pod "extra" disappears
      And the daemon pods of "agent" on every node are the same as before

  Rule: A cluster without nodes MUST leave a DaemonSet without daemon pods and without a fault
    @core @PLACE-01 @STATUS-24
    Scenario: Without nodes there is nothing to run
      Given a cluster without nodes
      When the DaemonSet "agent" is applied
      Then "agent" has daemon pods on exactly no node
      And the status of "agent" shows
        | observedGeneration     | 1 |
        | desiredNumberScheduled | 0 |
        | numberMisscheduled     | 0 |
        | numberReady            | 0 |

  Rule: A daemon pod MUST be created even where the node has no room for it
    Background:
      Given the nodes
        | node   | cpu |
        | node-a | 8   |
        | node-b | 1   |

    @core @PLACE-05 @PLACE-39 @STATUS-02 @STATUS-06
    Scenario: A pod that asks for too much waits on its own node
      When the DaemonSet "agent" is applied with
        | cpu | 2 |
      Then "agent" has daemon pods on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-b" is pending as "Unschedulable"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |
        | numberReady            | 1 |
        | numberUnavailable      | 1 |

    @extended @PLACE-40 @PLACE-05
    Scenario: A host port that another pod holds keeps the daemon pod waiting
      Given the DaemonSet "exporter" runs on every node with
        | hostPort | 9100 |
      When the DaemonSet "agent" is applied with
        | hostPort | 9100 |
      Then "agent" has daemon pods on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-a" is pending as "Unschedulable"
      And the daemon pod of "agent" on "node-b" is pending as "Unschedulable"
      And the daemon pods of "exporter" on every node are the same as before
