Feature: Revision history

  Rule: Every template MUST be kept as a ControllerRevision of the DaemonSet
    Background:
      Given a cluster with the node "node-a"

    @core @HISTORY-01 @HISTORY-02 @HISTORY-08
    Scenario: The first template is revision 1
      When the DaemonSet "agent" is applied
      Then the revisions of "agent" are
        | revision | image    |
        | 1        | agent:v1 |
      And every revision of "agent" holds the whole template and nothing else, as a patch

    @core @HISTORY-03 @HISTORY-05 @HISTORY-20
    Scenario: Name and labels of a revision tell its hash
      When the DaemonSet "agent" is applied with
        | template label | tier=node |
      Then "agent" is available on exactly "node-a"
      And every revision of "agent" is named after the DaemonSet and its hash
      And every revision of "agent" has the label "tier=node"
      And every daemon pod of "agent" carries the hash of the current revision

    @core @HISTORY-07
    Scenario: The DaemonSet controls its revisions
      When the DaemonSet "agent" is applied
      Then "agent" has 1 revision
      And the only owner of every revision of "agent" is the DaemonSet, as controller that blocks its deletion

    @extended @HISTORY-06 @HISTORY-32
    Scenario: A revision remembers the cause of the change
      Given the DaemonSet "agent" runs on every node with
        | annotation | kubernetes.io/change-cause=first |
      When the DaemonSet "agent" is changed to
        | image      | agent:v2                          |
        | annotation | kubernetes.io/change-cause=second |
      Then the rollout of "agent" is complete
      And the change causes of the revisions of "agent" are
        | revision | cause  |
        | 1        | first  |
        | 2        | second |

    @extended @HISTORY-01
    Scenario: Even without a node there is a revision
      Given the node "node-a" left
      When the DaemonSet "agent" is applied
      Then the revisions of "agent" are
        | revision | image    |
        | 1        | agent:v1 |

  Rule: revisionHistoryLimit MUST limit how many old revisions are kept
    Background:
      Given a cluster with the node "node-a"

    @core @HISTORY-21 @HISTORY-23
    Scenario Outline: With the limit <limit> the revisions <kept> remain
      Given the DaemonSet "agent" runs on every node with
        | revisionHistoryLimit | <limit> |
      And the rollout of "agent" to the image "agent:v2" is finished
      And the rollout of "agent" to the image "agent:v3" is finished
      When the image of "agent" changes to "agent:v4"
      Then the rollout of "agent" is complete
      And "agent" has exactly the revisions <kept>

      Examples:
        | limit | kept       |
        | 10    | 1, 2, 3, 4 |
        | 1     | 3, 4       |
        | 0     | 4          |

    @extended @HISTORY-22 @HISTORY-23
    Scenario: A revision that a daemon pod still runs is kept beyond the limit
      Given the DaemonSet "agent" runs on every node with
        | revisionHistoryLimit | 0        |
        | updateStrategy       | OnDelete |
      And the image of "agent" changed to "agent:v2"
      And "agent" has exactly the revisions 1, 2
      When the image of "agent" changes to "agent:v3"
      Then "agent" has exactly the revisions 1, 3

    @extended @HISTORY-21 @HISTORY-25 @API-57
    Scenario: A lowered limit takes effect at once
      Given the DaemonSet "agent" runs on every node
      And the rollout of "agent" to the image "agent:v2" is finished
      When the DaemonSet "agent" is changed to
        | revisionHistoryLimit | 0 |
      Then "agent" has exactly the revisions 2

  Rule: The history MUST be put right when somebody else has changed it
    Background:
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node

    @core @HISTORY-28 @QUEUE-14
    Scenario: The current revision comes back after it was deleted
      When the current revision of "agent" is deleted
      Then the current revision of "agent" has the same name and another uid
      And the daemon pods of "agent" on every node are the same as before

    @extended @HISTORY-30
    Scenario: An added label is kept
      When the label "audited=yes" is added to the current revision of "agent"
      Then every revision of "agent" has the label "audited=yes"
      And the daemon pods of "agent" on every node are the same as before

    @extended @since-1.23 @HISTORY-12 @HISTORY-13 @HISTORY-14 @HISTORY-29 @QUEUE-13
    Scenario: Of two equal revisions the higher one is kept
      Given a copy of the current revision of "agent" with the number 5 was created
      When the node "node-b" joins
      Then "agent" is available on exactly "node-a" and "node-b"
      And "agent" has exactly the revisions 5
      And every daemon pod of "agent" carries the hash of the current revision
      And the daemon pods of "agent" on "node-a" are the same as before

    @extended @HISTORY-11
    Scenario: The number of a revision does not fall
      Given the rollout of "agent" to the image "agent:v2" is finished
      And revision 1 of "agent" was deleted
      When the image of "agent" changes to "agent:v3"
      Then the rollout of "agent" is complete
      And "agent" has exactly the revisions 2, 3

    @extended @HISTORY-17 @STATUS-14
    Scenario: A name that is taken leads to another hash
      Given another ControllerRevision has taken the name of the revision of the image "agent:v2"
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 1 daemon pod of "agent" runs the image "agent:v2"
      And the status of "agent" shows
        | collisionCount | 1 |

    @extended @HISTORY-18
    Scenario: A revision that nobody controls is adopted
      When the current revision of "agent" loses its owner
      Then the only owner of every revision of "agent" is the DaemonSet, as controller that blocks its deletion
      And "agent" has 1 revision
