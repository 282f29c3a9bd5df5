Feature: Node addition
  Nodes come and the DaemonSet follows: nobody scales it.

  Rule: A node that joins the cluster MUST get a daemon pod
    @core @QUEUE-25 @MANAGE-01 @STATUS-01
    Scenario: The newcomer runs a daemon pod, the others keep theirs
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When the node "node-c" joins
      Then "agent" is available on exactly "node-a", "node-b" and "node-c"
      And the daemon pods of "agent" on "node-a" and "node-b" are the same as before
      And the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | numberAvailable        | 3 |

    @core @PLACE-01 @QUEUE-25
    Scenario: The first node of an empty cluster gets a daemon pod
      Given a cluster without nodes
      And the DaemonSet "agent" runs on no node
      When the node "node-a" joins
      Then "agent" is available on exactly "node-a"

    @core @QUEUE-25 @MANAGE-27
    Scenario: Ten nodes that join together get ten daemon pods
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When 10 nodes join
      Then "agent" is available on exactly every node
      And no node ran two daemon pods of "agent" at a time
      And the status of "agent" shows
        | desiredNumberScheduled | 12 |
        | numberAvailable        | 12 |

  Rule: A node that joins MUST be judged by the same rules as the others
    Background:
      Given a cluster with the node "node-a" labelled "disk=ssd"

    @core @PLACE-09 @QUEUE-15
    Scenario: A matching newcomer gets a daemon pod
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the node "node-b" labelled "disk=ssd" joins
      Then "agent" is available on exactly "node-a" and "node-b"

    @core @PLACE-09 @QUEUE-15
    Scenario: A newcomer that does not match stays empty
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the node "node-b" labelled "disk=hdd" joins
      Then "agent" has daemon pods on exactly "node-a"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |

    @core @PLACE-22 @QUEUE-15
    Scenario: A newcomer with a taint that is not tolerated stays empty
      Given the DaemonSet "agent" runs on "node-a"
      When the node "node-b" tainted "dedicated=gpu:NoSchedule" joins
      Then "agent" has daemon pods on exactly "node-a"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |

  Rule: A node that joins during a rollout MUST get the newest template at once
    @core @UPDATE-33 @UPDATE-28
    Scenario: The newcomer does not wait for its turn
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the rollout of "agent" to the image "agent:v2" has stalled because its pods never become ready
      When the node "node-c" joins
      Then the daemon pod of "agent" on "node-c" runs the image "agent:v2"
      And 2 daemon pods of "agent" run the image "agent:v2"
      And 1 daemon pod of "agent" runs the image "agent:v1"
