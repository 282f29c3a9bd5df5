Feature: Rollback

  Rule: A rollback MUST NOT restart daemon pods that already run the earlier template
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node

    @core @UPDATE-60 @UPDATE-61 @UPDATE-62
    Scenario: Only the pod that could not start is replaced
      Given the rollout of "agent" to the image "agent:non-existent" has stalled because it cannot be pulled
      When "agent" is rolled back to revision 1
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v1"
      And no daemon pod of "agent" was deleted while it was available
      And at no time were more than 1 nodes without an available daemon pod of "agent"

    @core @UPDATE-60 @HISTORY-09
    Scenario: Applying the earlier template is a rollback as well
      Given the rollout of "agent" to the image "agent:non-existent" has stalled because it cannot be pulled
      When the image of "agent" changes to "agent:v1"
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v1"
      And no daemon pod of "agent" was deleted while it was available

    @core @UPDATE-62 @UPDATE-32
    Scenario: A finished rollout is rolled back node by node
      Given the rollout of "agent" to the image "agent:v2" is finished
      When "agent" is rolled back to revision 1
      Then the rollout of "agent" is complete
      And 3 daemon pods of "agent" run the image "agent:v1"
      And at no time were more than 1 nodes without an available daemon pod of "agent"

  Rule: The revision that is rolled back to MUST become the newest
    Background:
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node

    @core @HISTORY-10 @HISTORY-09
    Scenario: The earlier revision moves to the top and is not repeated
      Given the rollout of "agent" to the image "agent:v2" is finished
      When "agent" is rolled back to revision 1
      Then the revisions of "agent" are
        | revision | image    |
        | 2        | agent:v2 |
        | 3        | agent:v1 |
      And the current revision of "agent" has the name of revision 1 before

    @core @HISTORY-10
    Scenario: From three revisions the middle one is taken
      Given the rollout of "agent" to the image "agent:v2" is finished
      And the rollout of "agent" to the image "agent:v3" is finished
      When "agent" is rolled back to revision 2
      Then the rollout of "agent" is complete
      And the revisions of "agent" are
        | revision | image    |
        | 1        | agent:v1 |
        | 3        | agent:v3 |
        | 4        | agent:v2 |
