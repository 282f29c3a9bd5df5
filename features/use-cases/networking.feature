Feature: Networking
  A CNI agent gives a node its network. It has to be there before the network is.

  Rule: A CNI agent MUST run on every node, ready or not
    @core @PLACE-25 @PLACE-12 @STATUS-01
    Scenario: All forty nodes of a production fleet get their network
      Given the fleet "production"
      When the manifest "use-cases/network-cni" is applied
      Then "calico-node" runs on every node except
        | nobody | |
      And the status of "calico-node" shows
        | desiredNumberScheduled | 40 |
        | numberMisscheduled     | 0  |

    @core @PLACE-38 @PLACE-30
    Scenario: A node whose network is missing gets the agent that makes it
      Given the fleet "lab"
      And the kubelet of "worker-2" reported the condition "NetworkUnavailable" as "True"
      And "worker-2" carries the taint "node.kubernetes.io/network-unavailable:NoSchedule"
      When the manifest "use-cases/network-cni" is applied
      Then "calico-node" is available on exactly "control-plane-1", "worker-1" and "worker-2"

    @extended @PLACE-15
    Scenario: A virtual node is left alone
      Given the fleet "lab"
      And the node "virtual-1" labelled "type=virtual-kubelet"
      When the manifest "use-cases/network-cni" is applied
      Then "calico-node" is available on exactly "control-plane-1", "worker-1" and "worker-2"

  Rule: A CNI agent MUST use the network of the host and outrank ordinary pods
    @core @MANAGE-46
    Scenario: Host network and priority
      Given the fleet "lab"
      When the manifest "use-cases/network-cni" is applied
      Then "calico-node" is available on exactly "control-plane-1", "worker-1" and "worker-2"
      And every daemon pod of "calico-node" uses the host network
      And every daemon pod of "calico-node" has the priority 2000001000

  Rule: A broken release of a CNI agent MUST cost one node its network, not more
    @core @UPDATE-20 @UPDATE-28
    Scenario: The rollout stops at the first node
      Given the fleet "lab"
      And the manifest "use-cases/network-cni" runs on every node
      When the image of the container "calico-node" of "calico-node" changes to "calico:non-existent"
      Then 1 daemon pod of "calico-node" runs the image "calico:non-existent"
      And the status of "calico-node" shows
        | updatedNumberScheduled | 1 |
        | numberAvailable        | 2 |
