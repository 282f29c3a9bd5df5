Feature: Pods that a DaemonSet has not made
  A DaemonSet takes over what fits and belongs to nobody, and leaves everything else alone.

  Rule: An adopted pod MUST be treated like any other daemon pod of its node
    Background:
      Given a cluster with the node "node-a"

    @extended @MANAGE-14 @MANAGE-04 @MANAGE-05 @MANAGE-12
    Scenario: A failed pod and surplus running ones go at the same time
      Given the pod "alpha" labelled "app=agent" runs on "node-a"
      And the pod "beta" labelled "app=agent" runs on "node-a"
      And the pod "gamma" labelled "app=agent" runs on "node-a"
      And the pod "delta" labelled "app=agent" runs on "node-a"
      And the pod "delta" failed
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then the pod "alpha" is controlled by "agent"
      And the pod "beta" disappears
      And the pod "gamma" disappears
      And the pod "delta" disappears
      And "agent" has 1 daemon pod
      And "agent" has the Warning event "FailedDaemonPod" saying "Found failed daemon pod <namespace>/delta on node node-a, will try to kill it"

    @extended @MANAGE-18 @MANAGE-15 @MANAGE-16
    Scenario: Of several failed daemon pods on a node one is deleted at a time
      Given the pod "alpha" labelled "app=agent" runs on "node-a"
      And the pod "beta" labelled "app=agent" runs on "node-a"
      And the pod "gamma" labelled "app=agent" runs on "node-a"
      And the pod "alpha" failed
      And the pod "beta" failed
      And the pod "gamma" failed
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then the failed daemon pods of "agent" on "node-a" were deleted at least 0 and 1 seconds apart
      And "agent" is available on exactly "node-a"

  Rule: A pod without a node MUST be owned but neither counted nor deleted
    @extended @PLACE-45 @STATUS-04
    Scenario: The DaemonSet makes its own daemon pod beside it
      Given a cluster with the node "node-a"
      And the pod "drifter" was created with
        | labels | app=agent |
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then the pod "drifter" is controlled by "agent"
      And "agent" has 2 daemon pods
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | currentNumberScheduled | 1 |
        | numberMisscheduled     | 0 |
        | numberAvailable        | 1 |

  Rule: A pod MUST name kind, name and uid of a DaemonSet to be one of its daemon pods
    @extended @since-1.35 @MANAGE-48 @GATES-18
    Scenario: A pod that names the uid under another kind is none of its pods
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on "node-a" with
        | nodeName | node-a |
      When the pod "pretender" is created with
        | labels          | app=agent          |
        | controller      | agent              |
        | controller kind | ControllerRevision |
        | node            | node-b             |
      Then the pod "pretender" disappears
      And "agent" is available on exactly "node-a"
      And "agent" has no Normal event "SuccessfulDelete"

  Rule: A daemon pod that is on its way out MUST stay owned and be left alone
    @extended @since-1.28 @MANAGE-49 @MANAGE-08
    Scenario: Another look does not touch it
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node with
        | finalizers | example.com/hold |
      And the daemon pod of "agent" on "node-a" was deleted and replaced
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then nothing is written to the daemon pods of "agent" on "node-a"
      And "agent" has 2 daemon pods

    @extended @MANAGE-39 @QUEUE-08
    Scenario: A delete counts as done when the daemon pod begins to terminate, so that other nodes are not held up
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the kubelet of "node-b" stopped
      And the taint "maintenance:NoExecute" was added to "node-b"
      And the daemon pod of "agent" on "node-b" began to terminate
      When the node "node-c" joins
      Then the daemon pod of "agent" on "node-c" is a new one
      And the daemon pod of "agent" on "node-b" is terminating

  Rule: A DaemonSet in a namespace that is being deleted MUST NOT make pods, and not complain about it
    @extended @since-1.33 @MANAGE-30
    Scenario: While the namespace is terminating nothing is created, and nothing is told
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And the pod "keeper" was created with
        | labels     | app=other        |
        | finalizers | example.com/hold |
        | node       | node-a           |
      And the deletion of the namespace began
      When the node "node-b" joins
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 0 |
      And "agent" has 0 daemon pods
      And "agent" has no Warning event

    @extended @since-1.33 @MANAGE-40 @STATUS-13
    Scenario: Until the refused creates count as over, only the numbers of its status move
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And the pod "keeper" was created with
        | labels     | app=other        |
        | finalizers | example.com/hold |
        | node       | node-a           |
      And the deletion of the namespace began
      And the node "node-b" joined
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 0 |
      And "spec.minReadySeconds" of the DaemonSet "agent" was changed to 5
      When the node "node-c" joins
      Then the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | currentNumberScheduled | 0 |
        | observedGeneration     | 1 |
      And the DaemonSet "agent" has these fields
        | field               | value |
        | metadata.generation | 2     |

    @extended @slow @since-1.33 @QUEUE-27 @MANAGE-37
    Scenario: Five minutes later they count as over, which nobody notices before the next look
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      And the pod "keeper" was created with
        | labels     | app=other        |
        | finalizers | example.com/hold |
        | node       | node-a           |
      And the deletion of the namespace began
      And the node "node-b" joined
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 0 |
      And "spec.minReadySeconds" of the DaemonSet "agent" was changed to 5
      And 330 seconds passed
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | observedGeneration     | 1 |
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | observedGeneration     | 2 |

  Rule: Surplus daemon pods MUST be deleted although others cannot be created
    @extended @MANAGE-31 @MANAGE-29 @EVENTS-02
    Scenario: The pod that is too many makes room for the one that is missing
      Given a cluster with nodes "node-a" and "node-b"
      And the pod "alpha" labelled "app=agent" runs on "node-a"
      And the pod "beta" labelled "app=agent" runs on "node-a"
      And the namespace allows only 2 pods
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then "agent" is available on exactly "node-a" and "node-b"
      And the pod "alpha" is controlled by "agent"
      And the pod "beta" disappears
      And "agent" has a Warning event "FailedCreate"

  Rule: A daemon pod for a node that does not exist MUST be deleted in every look, as long as it is not bound
    @extended @since-1.26 @MANAGE-24 @MANAGE-22
    Scenario: One that is held by a finalizer is deleted again
      Given a cluster with the node "node-a"
      And the DaemonSet "agent" runs on every node
      When the pod "stray" is created with
        | labels      | app=agent        |
        | controller  | agent            |
        | target node | nowhere          |
        | finalizers  | example.com/hold |
      Then "agent" has the Normal event "SuccessfulDelete" saying "Deleted pod: stray" more than once
      And the pod "stray" has failed

  Rule: Adopting and releasing a pod MUST leave the references to its other owners alone
    @extended @MANAGE-53 @MANAGE-51
    Scenario: An adopted pod has one owner more
      Given a cluster with the node "node-a"
      And the DaemonSet "patron" runs on no node with
        | nodeSelector | nowhere=yes |
      And the pod "forerunner" was created with
        | labels | app=agent |
        | node   | node-a    |
        | owner  | patron    |
      When the DaemonSet "agent" is applied with
        | updateStrategy | OnDelete |
      Then the owners of the pod "forerunner" are exactly
        | owner  | controls |
        | agent  | yes      |
        | patron | no       |

    @extended @MANAGE-53 @MANAGE-50
    Scenario: A released pod has one owner less
      Given a cluster with the node "node-a"
      And the DaemonSet "patron" runs on no node with
        | nodeSelector | nowhere=yes |
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the pod "double" was created with
        | labels     | app=agent |
        | node       | nowhere   |
        | owner      | patron    |
        | controller | agent     |
        | readiness  | never     |
      When the label "app=debugging" is added to the pod "double"
      Then the owners of the pod "double" are exactly
        | owner  | controls |
        | patron | no       |
