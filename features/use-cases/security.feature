Feature: Security
  A sensor watches what happens on a node. Nobody may get rid of it by tainting the node.

  Rule: A security sensor MUST run on every node that can carry it, whatever its taints
    @core @PLACE-16 @PLACE-14 @PLACE-25 @STATUS-01
    Scenario: In a production fleet only the edge nodes are too small
      Given the fleet "production"
      When the manifest "use-cases/security-sensor" is applied
      Then "falco" runs on every node except
        | those labelled | node-role.kubernetes.io/edge |
      And the status of "falco" shows
        | desiredNumberScheduled | 36 |
        | numberMisscheduled     | 0  |

    @core @PLACE-22 @PLACE-23 @PLACE-25
    Scenario Outline: The taint <taint> does not drive it away
      Given the fleet "lab"
      And the manifest "use-cases/security-sensor" is placed on every node
      When the taint "<taint>" is added to "worker-1"
      Then "worker-1" carries the taint "<taint>"
      And the daemon pods of "falco" on every node are the same as before

      Examples:
        | taint                 |
        | evil=yes:NoSchedule   |
        | evil=yes:NoExecute    |

    @core @MANAGE-02
    Scenario: A sensor that is deleted comes back
      Given the fleet "lab"
      And the manifest "use-cases/security-sensor" is placed on every node
      When the daemon pod of "falco" on "worker-1" is deleted
      Then the daemon pod of "falco" on "worker-1" is a new one

  Rule: A release of a security sensor MUST blind one node at a time
    @extended @slow @UPDATE-20 @UPDATE-55
    Scenario: A broken release stops at the first node
      Given the fleet "lab"
      And the manifest "use-cases/security-sensor" runs on every node
      When the image of the container "falco" of "falco" changes to "falco:non-existent"
      Then 1 daemon pod of "falco" runs the image "falco:non-existent"
      And the status of "falco" shows
        | updatedNumberScheduled | 1 |
        | numberAvailable        | 2 |
