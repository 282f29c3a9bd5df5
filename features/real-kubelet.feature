@real-kubelet
Feature: Real kubelets

  Rule: A daemon pod MUST run as a container on its node
    @extended @PLACE-02 @MANAGE-01 @KUBELET-15
    Scenario: The container runtime of every node runs one daemon pod
      Given a cluster with real nodes
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly every node
      And the container runtime of every node runs the daemon pod of "agent" there
      And the log of every daemon pod of "agent" says "agent:v1 has started"

    @extended @MANAGE-02 @KUBELET-25 @KUBELET-27
    Scenario: A daemon pod that somebody deletes comes back in a new container
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the daemon pod of "agent" on "real-1" is deleted
      Then the daemon pod of "agent" on "real-1" is a new one
      And the container runtime of every node runs the daemon pod of "agent" there
      And "agent" is available on exactly every node

  Rule: A container that ends MUST be started again in the same daemon pod
    @extended @MANAGE-03 @KUBELET-20
    Scenario: A daemon pod whose process is killed goes on
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the process of the daemon pod of "agent" on "real-1" is killed
      Then the daemon pod of "agent" on "real-1" has restarted 1 time
      And "agent" is available on exactly every node
      And the daemon pods of "agent" on every node are the same as before
      And the container runtime of every node runs the daemon pod of "agent" there

  Rule: A rolling update MUST replace the containers of one node after the other
    @extended @UPDATE-32 @UPDATE-15 @HISTORY-01 @KUBELET-25
    Scenario: The containers of the new image take the place of the old ones
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And the daemon pods of "agent" on every node run the image "agent:v2"
      And at no time were more than 1 nodes without an available daemon pod of "agent"
      And the log of every daemon pod of "agent" says "agent:v2 has started"
      And the container runtime of every node runs the daemon pod of "agent" there

    @extended @UPDATE-28 @KUBELET-22
    Scenario: An image that cannot be pulled stops the rollout
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the image of "agent" changes to "agent:non-existent"
      Then 1 daemon pod of "agent" waits as "ImagePullBackOff"
      And 1 daemon pod of "agent" runs the image "agent:non-existent"
      And the status of "agent" shows
        | updatedNumberScheduled | 1 |
        | numberUnavailable      | 1 |
      And at no time were more than 1 nodes without an available daemon pod of "agent"

    @extended @UPDATE-61 @UPDATE-60 @KUBELET-22
    Scenario: A rollback from an image that cannot be pulled leaves the other nodes alone
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      And the rollout of "agent" to the image "agent:non-existent" has stalled because it cannot be pulled
      When "agent" is rolled back to revision 1
      Then the rollout of "agent" is complete
      And the daemon pods of "agent" on every node run the image "agent:v1"
      And no container of a daemon pod of "agent" has restarted
      And the container runtime of every node runs the daemon pod of "agent" there

  Rule: A node that is lost MUST keep its daemon pod and run it again when it returns
    @slow @extended @PLACE-35 @KUBELET-30
    Scenario: The machine of a node loses its power
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the machine of "real-1" is switched off
      Then the daemon pod of "agent" on "real-1" is not ready within 90 seconds
      And the daemon pods of "agent" on every node are the same as before

    @slow @extended @PLACE-35 @KUBELET-20
    Scenario: The machine of a node comes back
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      And the machine of "real-1" was switched off
      When the machine of "real-1" is switched on
      Then "agent" is available on exactly every node within 120 seconds
      And the daemon pods of "agent" on every node are the same as before
      And the daemon pod of "agent" on "real-1" has restarted 1 time
      And the container runtime of every node runs the daemon pod of "agent" there

  Rule: The deletion of a DaemonSet MUST end the containers of its daemon pods
    @extended @DELETE-01 @DELETE-11 @KUBELET-25 @KUBELET-27
    Scenario: After the deletion no container runs any more
      Given a cluster with real nodes
      And the DaemonSet "agent" runs on every node
      When the DaemonSet "agent" is deleted
      Then the DaemonSet "agent" disappears
      And no pod labelled "app=agent" is left
      And no container runtime runs a daemon pod that was there before
