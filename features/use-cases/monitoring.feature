Feature: Monitoring
  The node exporter measures the node itself. The node that is in trouble is the one to look at.

  Rule: A node exporter MUST run on every node, whatever its taints
    @core @PLACE-25 @STATUS-01
    Scenario: All forty nodes of a production fleet are measured
      Given the fleet "production"
      When the manifest "use-cases/monitoring-node-exporter" is applied
      Then "node-exporter" runs on every node except
        | nobody | |
      And the status of "node-exporter" shows
        | desiredNumberScheduled | 40 |
        | numberMisscheduled     | 0  |

    @core @PLACE-23 @PLACE-25
    Scenario: A node that is emptied for maintenance is still measured
      Given the fleet "lab"
      And the manifest "use-cases/monitoring-node-exporter" runs on every node
      When the taint "maintenance=now:NoExecute" is added to "worker-1"
      Then "node-exporter" is available on exactly "control-plane-1", "worker-1" and "worker-2"
      And the daemon pods of "node-exporter" on every node are the same as before

    @core @PLACE-36
    Scenario: A node that runs out of memory is still measured
      Given the fleet "lab"
      And the manifest "use-cases/monitoring-node-exporter" runs on every node
      When the kubelet of "worker-1" reports the condition "MemoryPressure" as "True"
      Then "worker-1" carries the taint "node.kubernetes.io/memory-pressure:NoSchedule"
      And the daemon pods of "node-exporter" on every node are the same as before

  Rule: A node exporter MUST own its port on the address of the node
    @core @MANAGE-46 @PLACE-30
    Scenario: Its pods are on the host network
      Given the fleet "lab"
      When the manifest "use-cases/monitoring-node-exporter" is applied
      Then "node-exporter" is available on exactly "control-plane-1", "worker-1" and "worker-2"
      And every daemon pod of "node-exporter" uses the host network

    @extended @PLACE-40 @MANAGE-09 @UPDATE-19
    Scenario: A rollout frees the port of a node before the new pod asks for it
      Given the fleet "lab"
      And the manifest "use-cases/monitoring-node-exporter" runs on every node
      When the image of the container "node-exporter" of "node-exporter" changes to "node-exporter:v2"
      Then the rollout of "node-exporter" is complete
      And on no node was a daemon pod of "node-exporter" created before its predecessor was gone
      And at no time were more than 1 nodes without an available daemon pod of "node-exporter"
