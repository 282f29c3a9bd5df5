Feature: Deletion of a DaemonSet

  Rule: Deleting a DaemonSet in the background MUST remove its pods and revisions after it
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @DELETE-01 @DELETE-11
    Scenario: By default nothing is left
      When the DaemonSet "agent" is deleted
      Then the DaemonSet "agent" disappears
      And no pod labelled "app=agent" is left
      And no ControllerRevision labelled "app=agent" is left

    @core @DELETE-01 @DELETE-07
    Scenario: The DaemonSet goes first and carries no finalizer of its own
      When the DaemonSet "agent" is deleted with the propagation policy "Background"
      Then no pod labelled "app=agent" is left
      And the DaemonSet "agent" was gone before its daemon pods
      And the DaemonSet "agent" never had a finalizer

  Rule: Deleting a DaemonSet in the foreground MUST remove its pods and revisions first
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @DELETE-02 @API-24
    Scenario: The DaemonSet outlives its pods
      When the DaemonSet "agent" is deleted with the propagation policy "Foreground"
      Then the DaemonSet "agent" disappears
      And no pod labelled "app=agent" is left
      And no ControllerRevision labelled "app=agent" is left
      And the daemon pods of "agent" were gone before the DaemonSet

    @core @DELETE-05
    Scenario: A DaemonSet that is being deleted creates no pods
      When the DaemonSet "agent" is deleted with the propagation policy "Foreground"
      Then the DaemonSet "agent" disappears
      And no daemon pod of "agent" was created after the deletion began

  Rule: A DaemonSet that is held by a finalizer MUST do nothing
    @core @DELETE-05 @API-24
    Scenario: A lost pod is no longer replaced
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" is held by the finalizer "example.com/hold"
      And the deletion of the DaemonSet "agent" began
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a"
      And the generation of "agent" is 2

  Rule: Deleting a DaemonSet as orphan MUST leave its pods running
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @core @DELETE-03
    Scenario: The pods stay and belong to nobody
      When the DaemonSet "agent" is deleted with the propagation policy "Orphan"
      Then the DaemonSet "agent" disappears
      And 2 running pods labelled "app=agent" are controlled by nobody
      And 1 ControllerRevision labelled "app=agent" is controlled by nobody

    @core @DELETE-09 @MANAGE-51 @MANAGE-03
    Scenario: A DaemonSet created again adopts them without a restart
      Given the DaemonSet "agent" was deleted with the propagation policy "Orphan"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before
      And every daemon pod of "agent" carries the hash of the current revision

    @extended @since-1.25 @DELETE-09 @UPDATE-06
    Scenario: Pods of the same template generation pass for updated although the template is another
      Given the DaemonSet "agent" was deleted with the propagation policy "Orphan"
      When the DaemonSet "agent" is applied with
        | image | agent:v2 |
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before
      And 2 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | updatedNumberScheduled | 2 |

  Rule: A collection of DaemonSets MUST be deleted by label
    @core @DELETE-10 @API-06
    Scenario: Only the matching DaemonSets go
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | label | team=blue |
      And the DaemonSet "exporter" runs on every node with
        | label | team=red |
      When the DaemonSets labelled "team=blue" are deleted
      Then the DaemonSet "agent" disappears
      And no pod labelled "app=agent" is left
      And "exporter" is available on exactly "node-a"
