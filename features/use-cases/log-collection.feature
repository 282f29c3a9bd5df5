Feature: Log collection
  A collector belongs on every node whose logs somebody reads. Nodes that were tainted for one purpose
  only have to be asked for, so a missing toleration shows as missing logs.

  Rule: A log collector MUST run on the control plane too, and leave reserved nodes alone
    @core @PLACE-25 @PLACE-09 @STATUS-01
    Scenario Outline: <collector> in a production fleet
      Given the fleet "production"
      When the manifest "use-cases/<manifest>" is applied
      Then "<collector>" runs on every node except
        | those tainted | nvidia.com/gpu   |
        | those tainted | example.com/spot |
      And the status of "<collector>" shows
        | desiredNumberScheduled | 30 |
        | numberMisscheduled     | 0  |
        | numberAvailable        | 30 |

      Examples:
        | collector | manifest                |
        | fluentd   | log-collection-fluentd  |
        | filebeat  | log-collection-filebeat |

    @core @PLACE-28
    Scenario: One more toleration brings it to the GPU nodes
      Given the fleet "lab"
      And the node "gpu-1" tainted "nvidia.com/gpu=present:NoSchedule"
      And the manifest "use-cases/log-collection-filebeat" is placed on "control-plane-1", "worker-1" and "worker-2"
      When the DaemonSet "filebeat" is changed to
        | tolerations | node-role.kubernetes.io/control-plane Exists:NoSchedule, nvidia.com/gpu Exists:NoSchedule |
      Then "filebeat" has daemon pods on exactly "control-plane-1", "gpu-1", "worker-1" and "worker-2"

  Rule: A log collector MUST be among the last to be evicted
    @core @MANAGE-46
    Scenario Outline: <collector> has the priority of the node's own agents
      Given the fleet "lab"
      When the manifest "use-cases/<manifest>" is applied
      Then "<collector>" has daemon pods on exactly "control-plane-1", "worker-1" and "worker-2"
      And every daemon pod of "<collector>" has the priority 2000001000

      Examples:
        | collector | manifest                |
        | fluentd   | log-collection-fluentd  |
        | filebeat  | log-collection-filebeat |

  Rule: A broken release of a log collector MUST stop after a tenth of the nodes
    @extended @UPDATE-09 @UPDATE-28
    Scenario: One in ten Fluentd pods is given up
      Given the fleet "production"
      And the manifest "use-cases/log-collection-fluentd" runs on every tolerated node
      When the image of the container "fluentd" of "fluentd" changes to "fluentd:non-existent"
      Then 3 daemon pods of "fluentd" run the image "fluentd:non-existent"
      And the status of "fluentd" shows
        | desiredNumberScheduled | 30 |
        | updatedNumberScheduled | 3  |
        | numberAvailable        | 27 |
