Feature: Nodes in trouble and the automatic tolerations
  A DaemonSet is there for the node, also in bad times: its pods tolerate what the control plane says
  about the state of a node.

  Rule: Every daemon pod MUST carry the automatic tolerations after its own
    Background:
      Given a cluster with the node "node-a"

    @core @PLACE-29
    Scenario: Six tolerations are added to every daemon pod
      When the DaemonSet "agent" is applied with
        | tolerations | dedicated=gpu:NoSchedule |
      Then the daemon pod of "agent" on "node-a" has exactly the tolerations
        | key                                | operator | value | effect     |
        | dedicated                          | Equal    | gpu   | NoSchedule |
        | node.kubernetes.io/not-ready       | Exists   |       | NoExecute  |
        | node.kubernetes.io/unreachable     | Exists   |       | NoExecute  |
        | node.kubernetes.io/disk-pressure   | Exists   |       | NoSchedule |
        | node.kubernetes.io/memory-pressure | Exists   |       | NoSchedule |
        | node.kubernetes.io/pid-pressure    | Exists   |       | NoSchedule |
        | node.kubernetes.io/unschedulable   | Exists   |       | NoSchedule |

    @core @PLACE-30
    Scenario: On the host network one more is added
      When the DaemonSet "agent" is applied with
        | hostNetwork | true |
      Then the daemon pod of "agent" on "node-a" has exactly the tolerations
        | key                                    | operator | value | effect     |
        | node.kubernetes.io/not-ready           | Exists   |       | NoExecute  |
        | node.kubernetes.io/unreachable         | Exists   |       | NoExecute  |
        | node.kubernetes.io/disk-pressure       | Exists   |       | NoSchedule |
        | node.kubernetes.io/memory-pressure     | Exists   |       | NoSchedule |
        | node.kubernetes.io/pid-pressure        | Exists   |       | NoSchedule |
        | node.kubernetes.io/unschedulable       | Exists   |       | NoSchedule |
        | node.kubernetes.io/network-unavailable | Exists   |       | NoSchedule |

    @extended @PLACE-31
    Scenario: An equal toleration of the template is not repeated and loses its time limit
      When the DaemonSet "agent" is applied with
        | tolerations | node.kubernetes.io/unreachable Exists:NoExecute for 30 s |
      Then the daemon pod of "agent" on "node-a" has exactly the tolerations
        | key                                | operator | value | effect     |
        | node.kubernetes.io/unreachable     | Exists   |       | NoExecute  |
        | node.kubernetes.io/not-ready       | Exists   |       | NoExecute  |
        | node.kubernetes.io/disk-pressure   | Exists   |       | NoSchedule |
        | node.kubernetes.io/memory-pressure | Exists   |       | NoSchedule |
        | node.kubernetes.io/pid-pressure    | Exists   |       | NoSchedule |
        | node.kubernetes.io/unschedulable   | Exists   |       | NoSchedule |

    @extended @MANAGE-47
    Scenario: The template itself gets none of them
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a"
      And the template of "agent" has neither tolerations nor affinity nor added labels

  Rule: A cordoned node MUST get and keep daemon pods
    @core @PLACE-37 @PLACE-29
    Scenario: A node that takes no other pods gets a daemon pod
      Given a cluster with nodes "node-a" and "node-b"
      And "node-b" was cordoned
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"

    @core @PLACE-37 @MANAGE-02
    Scenario: A daemon pod that is lost on a cordoned node is created again
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And "node-b" was cordoned
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pod of "agent" on "node-b" is a new one

  Rule: A node under pressure MUST get and keep daemon pods
    @core @PLACE-36
    Scenario Outline: <condition> does not drive a daemon pod away
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When the kubelet of "node-b" reports the condition "<condition>" as "True"
      Then "node-b" carries the taint "<taint>"
      And "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before

      Examples:
        | condition      | taint                                         |
        | MemoryPressure | node.kubernetes.io/memory-pressure:NoSchedule |
        | DiskPressure   | node.kubernetes.io/disk-pressure:NoSchedule   |
        | PIDPressure    | node.kubernetes.io/pid-pressure:NoSchedule    |

    @core @PLACE-36 @PLACE-29
    Scenario Outline: <condition> does not keep a daemon pod away
      Given a cluster with nodes "node-a" and "node-b"
      And the kubelet of "node-b" reported the condition "<condition>" as "True"
      And "node-b" carries the taint "<taint>"
      When the DaemonSet "agent" is applied
      Then "agent" has daemon pods on exactly "node-a" and "node-b"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

      Examples:
        | condition      | taint                                         |
        | MemoryPressure | node.kubernetes.io/memory-pressure:NoSchedule |

  Rule: A node without network MUST be left to pods of the host network
    @core @PLACE-38 @PLACE-30
    Scenario Outline: With hostNetwork <hostNetwork> daemon pods run on <nodes>
      Given a cluster with nodes "node-a" and "node-b"
      And the kubelet of "node-b" reported the condition "NetworkUnavailable" as "True"
      And "node-b" carries the taint "node.kubernetes.io/network-unavailable:NoSchedule"
      When the DaemonSet "agent" is applied with
        | hostNetwork | <hostNetwork> |
      Then "agent" is available on exactly <nodes>

      Examples:
        | hostNetwork | nodes                 |
        | true        | "node-a" and "node-b" |
        | false       | "node-a"              |

    @extended @PLACE-38
    Scenario: An own toleration opens the node as well
      Given a cluster with nodes "node-a" and "node-b"
      And the kubelet of "node-b" reported the condition "NetworkUnavailable" as "True"
      And "node-b" carries the taint "node.kubernetes.io/network-unavailable:NoSchedule"
      When the DaemonSet "agent" is applied with
        | tolerations | node.kubernetes.io/network-unavailable Exists:NoSchedule |
      Then "agent" is available on exactly "node-a" and "node-b"

  Rule: A node that is not ready MUST keep its daemon pod but not be counted on
    Background:
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node

    @core @PLACE-34 @PLACE-35
    Scenario: The daemon pod of a node that is not ready stays
      When the kubelet of "node-b" reports the condition "Ready" as "False"
      Then "node-b" carries the taint "node.kubernetes.io/not-ready:NoSchedule"
      And the daemon pods of "agent" on every node are the same as before

    @core @PLACE-35 @STATUS-03
    Scenario: A node that is not ready is no longer desired
      Given the kubelet of "node-b" reported the condition "Ready" as "False"
      And "node-b" carries the taint "node.kubernetes.io/not-ready:NoSchedule"
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberReady            | 2 |
        | numberMisscheduled     | 1 |
      And the daemon pods of "agent" on every node are the same as before

    @core @PLACE-35 @PLACE-28
    Scenario: A node that recovers is desired again with the same daemon pod
      Given the kubelet of "node-b" reported the condition "Ready" as "False"
      And "node-b" carries the taint "node.kubernetes.io/not-ready:NoSchedule"
      When the kubelet of "node-b" reports the condition "Ready" as "True"
      Then "agent" is available on exactly "node-a", "node-b" and "node-c"
      And the status of "agent" shows
        | desiredNumberScheduled | 3 |
        | numberReady            | 3 |
        | numberMisscheduled     | 0 |
      And the daemon pods of "agent" on every node are the same as before

    @extended @slow @PLACE-35 @STATUS-06
    Scenario: A node that falls silent keeps its daemon pod
      When the kubelet of "node-b" stops
      Then "node-b" carries the taint "node.kubernetes.io/unreachable:NoSchedule" within 100 seconds
      And the daemon pod of "agent" on "node-b" is not ready
      And the daemon pods of "agent" on every node are the same as before

  Rule: A node MUST be judged by its taints, whatever it says about being ready
    @extended @PLACE-33 @PLACE-25
    Scenario: A node that is not ready gets a daemon pod that tolerates its taint
      Given a cluster with nodes "node-a" and "node-b"
      And the kubelet of "node-b" reported the condition "Ready" as "False"
      And "node-b" carries the taint "node.kubernetes.io/not-ready:NoSchedule"
      When the DaemonSet "agent" is applied with
        | tolerations | node.kubernetes.io/not-ready Exists:NoSchedule |
      Then "agent" has daemon pods on exactly "node-a" and "node-b"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @PLACE-33 @PLACE-25
    Scenario: A node that says nothing about being ready gets a daemon pod that tolerates its taint
      Given a cluster with the node "node-a"
      And the node "node-b" was created without a kubelet
      When the DaemonSet "agent" is applied with
        | tolerations | node.kubernetes.io/not-ready Exists:NoSchedule |
      Then "agent" has daemon pods on exactly "node-a" and "node-b"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |
