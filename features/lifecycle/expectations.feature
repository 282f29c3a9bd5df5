Feature: What a DaemonSet waits for
  A controller counts the creates and deletes whose outcome it has not seen yet. A pod that is deleted although it
  is on its way out changes no more, so that delete stays open until somebody else writes to the pod.

  Rule: A DaemonSet that waits for the outcome of a delete MUST NOT make pods, until it is created again
    Background:
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node

    @extended @since-1.26 @MANAGE-40 @MANAGE-39 @MANAGE-24
    Scenario: A new node has to wait
      Given the pod "first" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And the pod garbage collector has just failed the pod "first"
      And the pod "second" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And "agent" has the Normal event "SuccessfulDelete" saying "Deleted pod: second" more than once
      When the node "node-b" joins
      Then the daemon pod of "agent" on "node-b" was created after the pod "second" failed

    @extended @since-1.26 @MANAGE-36 @MANAGE-39
    Scenario: What was counted too often before does not help
      Given the pod "first" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And the pod garbage collector has just failed the pod "first"
      And the annotation "seen=once" was added to the pod "first"
      And the annotation "seen=twice" was added to the pod "first"
      And the annotation "seen=thrice" was added to the pod "first"
      And the pod "second" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And "agent" has the Normal event "SuccessfulDelete" saying "Deleted pod: second" more than once
      When the node "node-b" joins
      Then the daemon pod of "agent" on "node-b" was created after the pod "second" failed

    @extended @since-1.26 @MANAGE-41 @DELETE-08
    Scenario: A DaemonSet that is created again does not wait
      Given the pod "first" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And the pod garbage collector has just failed the pod "first"
      And the pod "second" was created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      And "agent" has the Normal event "SuccessfulDelete" saying "Deleted pod: second" more than once
      And the DaemonSet "agent" was deleted with the propagation policy "Orphan"
      And the node "node-b" joined
      When the DaemonSet "agent" is applied
      Then the daemon pod of "agent" on "node-b" was created before the pod "second" failed

  Rule: A look MUST ask for at most 250 creates and 250 deletes, and leave the rest to the next
    @extended @slow @MANAGE-25
    Scenario: Of 260 daemon pods ten are created, and deleted, after the others
      Given a cluster with 260 nodes without kubelets
      And the DaemonSet "agent" was applied with
        | tolerations    | Exists   |
        | updateStrategy | OnDelete |
      And the status of "agent" shows
        | currentNumberScheduled | 260 |
      When the DaemonSet "agent" is changed to
        | nodeSelector | nowhere=yes |
      Then "agent" has 0 daemon pods
      And 250 daemon pods of "agent" were created before its status told of generation 1
      And 250 daemon pods of "agent" were gone before its status told of generation 2
