Feature: The corners of the revision history
  Revisions that others have made, changed or forbidden.

  Rule: Revisions MUST be named and labelled after the hash of the template
    @extended @HISTORY-04 @HISTORY-31 @HISTORY-03
    Scenario: The hash is short text of a small alphabet, and the labels are not those of a StatefulSet
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And every revision of "agent" is named after the DaemonSet and its hash
      And the hashes of the revisions of "agent" are 2 different words of "456789bcdf" with at most 10 letters
      And no revision of "agent" has the label "controller.kubernetes.io/hash"

    @extended @since-1.25 @HISTORY-15 @HISTORY-20 @QUEUE-14
    Scenario: A revision that has lost its hash label gets its own name as hash
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      When the label "controller-revision-hash" is removed from the current revision of "agent"
      Then the current revision of "agent" has its own name as hash
      And the daemon pods of "agent" on every node are the same as before
      And the status of "agent" shows
        | updatedNumberScheduled | 1 |

    @extended @HISTORY-16
    Scenario: A revision of the same name and data is used, whoever made it
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And somebody else has made the revision of the image "agent:v2"
      When the image of "agent" changes to "agent:v2"
      Then the rollout of "agent" is complete
      And 1 daemon pod of "agent" runs the image "agent:v2"
      And the status of "agent" shows
        | collisionCount | 0 |
      And "agent" has exactly the revisions 3

  Rule: A DaemonSet whose history cannot be written MUST leave pods and status alone
    @extended @HISTORY-19 @STATUS-21
    Scenario: A revision that may not be stored holds up everything
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And the namespace allows only 1 ControllerRevisions
      When the image of "agent" changes to "agent:v2"
      Then the generation of "agent" is 2
      And the status of "agent" shows
        | observedGeneration     | 1 |
        | updatedNumberScheduled | 1 |
      And the daemon pods of "agent" on every node are the same as before
      And "agent" has 1 revision
      And "agent" has no Warning event

  Rule: A revision MUST live as long as a daemon pod of it, even one that is on its way out
    @extended @since-1.28 @HISTORY-24 @HISTORY-22 @MANAGE-11
    Scenario: A pod that a finalizer holds keeps its revision beyond the limit
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | revisionHistoryLimit | 0                |
        | finalizers           | example.com/hold |
      When the image of "agent" changes to "agent:v2"
      Then 1 daemon pod of "agent" runs the image "agent:v2"
      And the status of "agent" shows
        | updatedNumberScheduled | 1 |
        | numberAvailable        | 1 |
      And "agent" has exactly the revisions 1, 2

  Rule: Of equal revisions one MUST be kept, and every daemon pod be given its hash
    @extended @since-1.25 @HISTORY-13 @HISTORY-12 @HISTORY-14
    Scenario: Deduplication relabels all daemon pods, also those of an older template
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the image of "agent" changed to "agent:v2"
      And the status of "agent" shows
        | updatedNumberScheduled | 0 |
      And a copy of the current revision of "agent" with the number 5 was created
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then "agent" has exactly the revisions 1, 5
      And every daemon pod of "agent" carries the hash of the current revision
      And 2 daemon pods of "agent" run the image "agent:v1"
      And the status of "agent" shows
        | updatedNumberScheduled | 2 |

  Rule: A revision as older releases wrote it MUST NOT start a rollout
    @extended @since-1.34 @GATES-17 @UPDATE-05
    Scenario: The template gets a new revision, the daemon pods stay
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" was deleted with the propagation policy "Orphan"
      And the revision of "agent" was written by an older release
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And "agent" has exactly the revisions 1, 2
      And the daemon pods of "agent" on every node are the same as before
      And the status of "agent" shows
        | updatedNumberScheduled | 2 |

  Rule: A part of the template that is empty MUST be told from one that is missing
    @extended @API-18 @UPDATE-03 @HISTORY-08
    Scenario Outline: Setting <field> to <value> makes <revisions> revisions
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      When "<field>" of the DaemonSet "agent" is changed to <value>
      Then the generation of "agent" is <revisions>
      And the template generation of "agent" is <revisions>
      And the status of "agent" shows
        | observedGeneration | <revisions> |
      And "agent" has <revisions> revision

      Examples: An object is a change, an empty list or map is none
        | field                                        | value | revisions |
        | spec.template.spec.affinity                  | {}    | 2         |
        | spec.template.spec.dnsConfig                 | {}    | 2         |
        | spec.template.spec.containers                | [{"name":"main","image":"agent:v1","securityContext":{}}] | 2 |
        | spec.template.spec.containers                | [{"name":"main","image":"agent:v1","env":[],"ports":[]}]  | 1 |
        | spec.template.spec.tolerations               | []    | 1         |
        | spec.template.spec.nodeSelector              | {}    | 1         |
        | spec.template.spec.securityContext           | {}    | 1         |
