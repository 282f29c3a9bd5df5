Feature: Taints and tolerations

  Rule: A daemon pod MUST NOT be created on a node whose taint it does not tolerate
    Background:
      Given a cluster with the node "node-a"
      And the node "node-b" tainted "dedicated=gpu:NoSchedule"

    Scenario Outline: Tolerating <tolerations> places daemon pods on <nodes>
      When the DaemonSet "agent" is applied with
        | tolerations | <tolerations> |
      Then "agent" is available on exactly <nodes>

      @core @PLACE-22
      Examples: Without a toleration
        | tolerations | nodes    |
        | none        | "node-a" |

      @core @PLACE-25
      Examples: Key, value and effect are compared
        | tolerations                     | nodes                 |
        | dedicated=gpu:NoSchedule        | "node-a" and "node-b" |
        | dedicated=cpu:NoSchedule        | "node-a"              |
        | dedicated=gpu:NoExecute         | "node-a"              |
        | team=gpu:NoSchedule             | "node-a"              |
        | dedicated Exists:NoSchedule     | "node-a" and "node-b" |
        | dedicated Exists:NoExecute      | "node-a"              |

      @core @PLACE-25
      Examples: What is left out matches everything
        | tolerations        | nodes                 |
        | dedicated=gpu      | "node-a" and "node-b" |
        | dedicated Exists   | "node-a" and "node-b" |
        | Exists             | "node-a" and "node-b" |

    @extended @PLACE-27
    Scenario: A toleration for a taint that no node has does no harm
      When the DaemonSet "agent" is applied with
        | tolerations | dedicated=gpu:NoSchedule, team=blue:NoExecute |
      Then "agent" is available on exactly "node-a" and "node-b"

  Rule: A NoExecute taint MUST be tolerated to be placed, for however long
    @core @PLACE-23 @PLACE-25
    Scenario Outline: With a NoExecute taint on "node-b", tolerating <tolerations> places daemon pods on <nodes>
      Given a cluster with the node "node-a"
      And the node "node-b" tainted "maintenance=now:NoExecute"
      When the DaemonSet "agent" is applied with
        | tolerations | <tolerations> |
      Then "agent" is available on exactly <nodes>

      Examples:
        | tolerations                | nodes                 |
        | none                       | "node-a"              |
        | maintenance=now:NoExecute  | "node-a" and "node-b" |
        | maintenance=now:NoSchedule | "node-a"              |

      @PLACE-26
      Examples: Limited tolerations count as well
        | tolerations                           | nodes                 |
        | maintenance=now:NoExecute for 300 s   | "node-a" and "node-b" |

  Rule: A NoSchedule taint MUST NOT remove a daemon pod that already runs
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @PLACE-22
    Scenario: A tainted node keeps its daemon pod
      Given the DaemonSet "agent" runs on every node
      When the taint "dedicated=gpu:NoSchedule" is added to "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before

    @core @PLACE-22 @MANAGE-07
    Scenario: A daemon pod that is lost on a tainted node is not created again
      Given the DaemonSet "agent" runs on every node
      And the taint "dedicated=gpu:NoSchedule" was added to "node-b"
      When the daemon pod of "agent" on "node-b" is deleted
      Then "agent" is available on exactly "node-a"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 0 |

    @core @PLACE-22 @STATUS-03
    Scenario: A daemon pod that may stay counts as misscheduled
      Given the DaemonSet "agent" runs on every node
      And the taint "dedicated=gpu:NoSchedule" was added to "node-b"
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | currentNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
        | numberAvailable        | 1 |

    @extended @since-1.33 @QUEUE-22 @STATUS-26 @GATES-15
    Scenario: The taint alone does not yet change the status
      Given the DaemonSet "agent" runs on every node
      When the taint "dedicated=gpu:NoSchedule" is added to "node-b"
      Then "node-b" carries the taint "dedicated=gpu:NoSchedule"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

  Rule: A NoExecute taint MUST remove a daemon pod that does not tolerate it
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @PLACE-23
    Scenario: The daemon pod leaves the tainted node
      Given the DaemonSet "agent" runs on every node
      When the taint "maintenance=now:NoExecute" is added to "node-b"
      Then "agent" is available on exactly "node-a"
      And the daemon pods of "agent" on "node-a" are the same as before
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 0 |

    @core @PLACE-23 @PLACE-25
    Scenario: A daemon pod that tolerates the taint stays
      Given the DaemonSet "agent" runs on every node with
        | tolerations | maintenance Exists:NoExecute |
      When the taint "maintenance=now:NoExecute" is added to "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before

  Rule: PreferNoSchedule taints MUST be ignored
    @core @PLACE-24
    Scenario: A PreferNoSchedule taint keeps no daemon pod away
      Given a cluster with the node "node-a" tainted "spot=yes:PreferNoSchedule"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a"

  Rule: Placement MUST follow taints and tolerations as they change
    Background:
      Given a cluster with the node "node-a"
      And the node "node-b" tainted "dedicated=gpu:NoSchedule"

    @core @PLACE-28 @QUEUE-21
    Scenario: A node whose taint is removed gets a daemon pod
      Given the DaemonSet "agent" runs on "node-a"
      When the taint "dedicated=gpu:NoSchedule" is removed from "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"

    @core @PLACE-28
    Scenario: A toleration added to the template opens the tainted node
      Given the DaemonSet "agent" runs on "node-a"
      When the DaemonSet "agent" is changed to
        | tolerations | dedicated=gpu:NoSchedule |
      Then "agent" is available on exactly "node-a" and "node-b"
      And every daemon pod of "agent" carries the hash of the current revision

    @extended @since-1.34 @QUEUE-19 @GATES-16
    Scenario: A daemon pod that was misscheduled is counted again when the taint goes
      Given the DaemonSet "agent" runs on every node with
        | tolerations | dedicated=gpu:NoSchedule |
      And the taint "team=blue:NoSchedule" was added to "node-a"
      And the label "touched=yes" was added to the DaemonSet "agent"
      And the status of "agent" shows
        | numberMisscheduled | 1 |
      When the taint "team=blue:NoSchedule" is removed from "node-a"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

  Rule: Taints of special nodes MUST NOT be tolerated automatically
    @core @PLACE-32
    Scenario Outline: The taint <taint> keeps daemon pods away
      Given a cluster with the node "node-a"
      And the node "node-b" tainted "<taint>"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a"

      Examples:
        | taint                                                   |
        | node-role.kubernetes.io/control-plane:NoSchedule        |
        | node.cloudprovider.kubernetes.io/uninitialized:NoSchedule |
        | node.kubernetes.io/out-of-service=nodeshutdown:NoExecute |
