Feature: What decides how a DaemonSet is deleted

  Rule: The option of the request MUST win over finalizers, and finalizers over the default
    @extended @DELETE-04 @DELETE-01 @DELETE-02 @DELETE-03
    Scenario Outline: With the finalizer <finalizer> and the policy <policy>, <left> pods are left
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" was given the finalizer "<finalizer>"
      When the DaemonSet "agent" is deleted with the propagation policy "<policy>"
      Then the DaemonSet "agent" disappears
      And <left> pods labelled "app=agent" are left

      Examples:
        | finalizer          | policy     | left |
        | orphan             | Background | 0    |
        | orphan             | Foreground | 0    |
        | foregroundDeletion | Orphan     | 2    |
        | foregroundDeletion | Background | 0    |

    @extended @DELETE-04 @DELETE-03
    Scenario: Without an option the finalizer "orphan" leaves the pods
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" was given the finalizer "orphan"
      When the DaemonSet "agent" is deleted
      Then the DaemonSet "agent" disappears
      And 2 running pods labelled "app=agent" are controlled by nobody

    @extended @DELETE-04 @DELETE-02
    Scenario: Without an option the finalizer "foregroundDeletion" makes it wait for the pods
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" was given the finalizer "foregroundDeletion"
      When the DaemonSet "agent" is deleted
      Then the DaemonSet "agent" disappears
      And the daemon pods of "agent" were gone before the DaemonSet

  Rule: A DaemonSet that is being deleted MUST keep its last status
    @extended @STATUS-21 @DELETE-05
    Scenario: A daemon pod that goes is no longer counted off
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the DaemonSet "agent" is held by the finalizer "example.com/hold"
      And the deletion of the DaemonSet "agent" began
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a"
      And the status of "agent" shows
        | observedGeneration | 1 |
        | numberReady        | 2 |

  Rule: Similar events MUST be combined when there are many of them
    @extended @EVENTS-10 @EVENTS-01
    Scenario: Of twelve creations ten are told one by one
      Given a cluster with 12 nodes
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly every node
      And "agent" has 10 Normal events "SuccessfulCreate", of which 1 is combined
