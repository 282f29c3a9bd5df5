Feature: Identity of daemon pods
  The DaemonSet controls its pods itself, one for each node, with no ReplicaSet in between.

  Rule: A daemon pod MUST be controlled by the DaemonSet itself
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @MANAGE-45
    Scenario: The only owner of a daemon pod is its DaemonSet
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the only owner of every daemon pod of "agent" is the DaemonSet, as controller that blocks its deletion

    @core @MANAGE-42
    Scenario: Daemon pods are named after their DaemonSet
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the name of every daemon pod of "agent" is "agent-" and five more characters

    @core @MANAGE-43 @HISTORY-05 @HISTORY-20
    Scenario: Labels tell the revision of a daemon pod
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And every daemon pod of "agent" carries the hash of the current revision
      And every daemon pod of "agent" has the label "pod-template-generation=1"
      And every daemon pod of "agent" has the label "app=agent"

    @extended @MANAGE-43 @API-18
    Scenario: A daemon pod of a later template tells the later generation
      Given the DaemonSet "agent" runs on every node
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And every daemon pod of "agent" has the label "pod-template-generation=2"

    @core @MANAGE-44 @MANAGE-46
    Scenario: Annotations and containers come from the template
      When the DaemonSet "agent" is applied with
        | template annotation | team=blue |
        | template label      | tier=node |
        | image               | agent:v7  |
      Then "agent" is available on exactly "node-a" and "node-b"
      And every daemon pod of "agent" has the annotation "team=blue"
      And every daemon pod of "agent" has the label "tier=node"
      And 2 daemon pods of "agent" run the image "agent:v7"

  Rule: A daemon pod MUST be tied to one node and be bound by the scheduler
    @core @PLACE-41 @PLACE-43
    Scenario: Each daemon pod requires its own node
      Given a cluster with nodes "node-a" and "node-b"
      When the DaemonSet "agent" is applied
      Then the daemon pod of "agent" on "node-a" requires the node affinity "metadata.name In node-a"
      And the daemon pod of "agent" on "node-b" requires the node affinity "metadata.name In node-b"
      And every daemon pod of "agent" was created without a node and bound afterwards

    @extended @PLACE-06 @PLACE-08
    Scenario: A template that names its node by-passes the scheduler
      Given a cluster with nodes "node-a" and "node-b"
      When the DaemonSet "agent" is applied with
        | nodeName | node-b |
      Then "agent" is available on exactly "node-b"
      And every daemon pod of "agent" was created with its node

  Rule: A DaemonSet MUST adopt matching pods that nobody controls
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @MANAGE-51 @MANAGE-03
    Scenario: A pod that was there first becomes the daemon pod of its node
      Given the pod "forerunner" labelled "app=agent" runs on "node-b"
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then "agent" is available on exactly "node-a" and "node-b"
      And the pod "forerunner" is controlled by "agent"
      And "agent" has 2 daemon pods

    @extended @MANAGE-56 @UPDATE-05
    Scenario: An adopted pod without a revision is replaced by a rolling update
      Given the pod "forerunner" labelled "app=agent" runs on "node-b"
      When the DaemonSet "agent" is applied
      Then the pod "forerunner" disappears
      And "agent" is available on exactly "node-a" and "node-b"
      And every daemon pod of "agent" carries the hash of the current revision

    @extended @MANAGE-51 @PLACE-09
    Scenario: A pod that does not match is left alone
      Given the pod "stranger" labelled "app=other" runs on "node-b"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the pod "stranger" is controlled by nobody

    @core @MANAGE-55
    Scenario: A pod that another DaemonSet controls is left alone
      Given the DaemonSet "elder" runs on every node with
        | template label | app=agent |
        | selector       | app=agent |
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And "elder" is available on exactly "node-a" and "node-b"
      And the daemon pods of "elder" on every node are the same as before

  Rule: A DaemonSet MUST release a pod whose labels no longer match
    @core @MANAGE-50 @QUEUE-07
    Scenario: A relabelled daemon pod is released and replaced
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When the label "app=debugging" is added to the daemon pod of "agent" on "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-b" is a new one
      And the pod that was relabelled still runs and is controlled by nobody
