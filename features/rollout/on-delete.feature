Feature: Update on delete

  Rule: With OnDelete a change of the template MUST NOT touch a running daemon pod
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |

    @core @UPDATE-56 @HISTORY-01 @HISTORY-08
    Scenario: The new revision exists, the pods stay
      When the image of "agent" changes to "agent:v2"
      Then the revisions of "agent" are
        | revision | image    |
        | 1        | agent:v1 |
        | 2        | agent:v2 |
      And the status of "agent" shows
        | observedGeneration     | 2 |
        | updatedNumberScheduled | 0 |
        | numberAvailable        | 2 |
      And the daemon pods of "agent" on every node are the same as before

    @core @UPDATE-56
    Scenario: A daemon pod that is deleted comes back with the newest template
      Given the image of "agent" changed to "agent:v2"
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on "node-b" run the image "agent:v2"
      And the daemon pods of "agent" on "node-a" run the image "agent:v1"
      And the daemon pods of "agent" on "node-a" are the same as before

    @core @UPDATE-56 @MANAGE-12
    Scenario: A daemon pod that fails comes back with the newest template
      Given the image of "agent" changed to "agent:v2"
      When the daemon pod of "agent" on "node-b" fails
      Then the daemon pod of "agent" on "node-b" is a new one
      And the daemon pods of "agent" on "node-b" run the image "agent:v2"

    @core @UPDATE-56 @QUEUE-25
    Scenario: A node that joins gets the newest template
      Given the image of "agent" changed to "agent:v2"
      When the node "node-c" joins
      Then the daemon pods of "agent" on "node-c" run the image "agent:v2"
      And the daemon pods of "agent" on "node-a" and "node-b" are the same as before

  Rule: Switching the strategy MUST take effect on the rollout at hand
    @core @UPDATE-58
    Scenario: From OnDelete to RollingUpdate the old pods are replaced
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the image of "agent" changed to "agent:v2"
      When the DaemonSet "agent" is changed to
        | updateStrategy | RollingUpdate |
      Then the rollout of "agent" is complete
      And 2 daemon pods of "agent" run the image "agent:v2"
      And at no time were more than 1 nodes without an available daemon pod of "agent"

    @core @UPDATE-58 @UPDATE-02
    Scenario: From RollingUpdate to OnDelete the rollout is frozen
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node
      And the rollout of "agent" to the image "agent:v2" has stalled because its pods never become ready
      And the DaemonSet "agent" was changed to
        | updateStrategy | OnDelete |
      When the DaemonSet "agent" is changed to
        | image     | agent:v3    |
        | readiness | immediately |
      Then 1 daemon pod of "agent" runs the image "agent:v2"
      And 2 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | observedGeneration     | 4 |
        | updatedNumberScheduled | 0 |
