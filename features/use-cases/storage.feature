Feature: Storage
  The node half of a CSI driver mounts and unmounts the volumes of the pods of its node, also of those
  that are just being evicted.

  Rule: A CSI node driver MUST stay on a node that is being emptied
    @core @PLACE-25 @STATUS-01
    Scenario: All forty nodes of a production fleet can mount volumes
      Given the fleet "production"
      When the manifest "use-cases/storage-csi-node" is applied
      Then "csi-hostpath-node" runs on every node except
        | nobody | |
      And the status of "csi-hostpath-node" shows
        | desiredNumberScheduled | 40 |
        | numberMisscheduled     | 0  |

    @core @PLACE-23 @PLACE-37
    Scenario: Volumes can be unmounted while pods are evicted
      Given the fleet "lab"
      And the manifest "use-cases/storage-csi-node" runs on every node
      When the taint "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute" is added to "worker-1"
      Then "csi-hostpath-node" is available on exactly "control-plane-1", "worker-1" and "worker-2"
      And the daemon pods of "csi-hostpath-node" on every node are the same as before

  Rule: All containers of a CSI node driver MUST come and go together
    @core @MANAGE-46 @STATUS-06
    Scenario: A pod counts as ready with all three containers
      Given the fleet "lab"
      When the manifest "use-cases/storage-csi-node" is applied
      Then "csi-hostpath-node" is available on exactly "control-plane-1", "worker-1" and "worker-2"
      And every daemon pod of "csi-hostpath-node" has 3 ready containers

  Rule: A broken release of a CSI node driver MUST stop after a tenth of the nodes
    @extended @UPDATE-09 @UPDATE-28
    Scenario: Four of forty nodes can no longer mount
      Given the fleet "production"
      And the manifest "use-cases/storage-csi-node" runs on every node
      When the image of the container "node-driver-registrar" of "csi-hostpath-node" changes to "registrar:non-existent"
      Then 4 daemon pods of "csi-hostpath-node" run the image "registrar:non-existent"
      And the status of "csi-hostpath-node" shows
        | updatedNumberScheduled | 4  |
        | numberAvailable        | 36 |
