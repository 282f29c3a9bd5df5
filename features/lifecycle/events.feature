Feature: Events
  What a DaemonSet does is told by events on the DaemonSet itself.

  Rule: Every created and deleted daemon pod MUST be told by an event
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @EVENTS-01
    Scenario: The creation of daemon pods
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And "agent" has the Normal event "SuccessfulCreate" saying "Created pod: <pod>" for each of its 2 daemon pods

    @core @EVENTS-03
    Scenario: The deletion of a daemon pod by the DaemonSet
      Given the DaemonSet "agent" runs on every node
      When the DaemonSet "agent" is changed to
        | nodeSelector | drained=yes |
      Then "agent" has daemon pods on exactly no node
      And "agent" has the Normal event "SuccessfulDelete" saying "Deleted pod: <pod>" for each of its 2 former daemon pods

    @extended @EVENTS-09 @MANAGE-51
    Scenario: Adoption is not told
      Given the pod "forerunner" labelled "app=agent" runs on "node-a"
      And the pod "follower" labelled "app=agent" runs on "node-b"
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then the pod "forerunner" is controlled by "agent"
      And the pod "follower" is controlled by "agent"
      And "agent" has no event

  Rule: A daemon pod that could not be created MUST be told by a warning
    @core @EVENTS-02 @MANAGE-29
    Scenario: A quota that is used up
      Given a cluster with the node "node-a"
      And the namespace allows only 0 pods
      When the DaemonSet "agent" is applied
      Then "agent" has the Warning event "FailedCreate" saying 'Error creating: pods "<pod>" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=0, limited: pods=0'

    @extended @EVENTS-02 @MANAGE-29
    Scenario: A priority class that does not exist
      Given a cluster with the node "node-a"
      When the DaemonSet "agent" is applied with
        | priorityClassName | missing |
      Then "agent" has the Warning event "FailedCreate" saying 'Error creating: pods "<pod>" is forbidden: no PriorityClass with name missing was found'
      And "agent" has daemon pods on exactly no node

  Rule: A node that is passed over MUST NOT be told by an event
    @extended @EVENTS-08 @PLACE-22
    Scenario: Taints and selectors give no events
      Given a cluster with the node "node-a" tainted "dedicated=gpu:NoSchedule"
      And the node "node-b" labelled "disk=hdd"
      When the DaemonSet "agent" is applied with
        | nodeSelector | disk=ssd |
      Then the status of "agent" shows
        | observedGeneration     | 1 |
        | desiredNumberScheduled | 0 |
      And "agent" has no event

    @extended @EVENTS-08 @PLACE-39
    Scenario: A node without room gives no warning of the DaemonSet
      Given the nodes
        | node   | cpu |
        | node-a | 1   |
      When the DaemonSet "agent" is applied with
        | cpu | 2 |
      Then the daemon pod of "agent" on "node-a" is pending as "Unschedulable"
      And "agent" has no Warning event
