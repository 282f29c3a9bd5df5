Feature: What makes the controller look at a DaemonSet
  A NoSchedule taint on a node that has its daemon pod makes nobody look (QUEUE-22): the status goes on speaking of
  two nodes until something else does. That tells what makes the controller look, and what does not.

  Rule: What concerns no daemon pod MUST NOT make the controller look
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @extended @since-1.33 @QUEUE-17 @QUEUE-16
    Scenario Outline: Nobody looks when the <part> of a node changes
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the <part> of "node-b" changes
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

      Examples:
        | part       |
        | addresses  |
        | annotation |
        | capacity   |
        | condition  |

    @extended @since-1.33 @QUEUE-17 @PLACE-37
    Scenario: Nobody looks when a node is cordoned
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When "node-a" is cordoned
      Then "node-a" carries the taint "node.kubernetes.io/unschedulable:NoSchedule"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-18
    Scenario: Nobody looks when a node leaves that had no daemon pod
      Given the node "node-c" tainted "dedicated=gpu:NoSchedule"
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the node "node-c" leaves
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-19 @QUEUE-21
    Scenario: Nobody looks when a node with its daemon pod gets a label
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "disk=ssd" is added to "node-a"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-12
    Scenario: Nobody looks when a pod goes that no DaemonSet controls
      Given the pod "stranger" labelled "app=other" runs on "node-b"
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the pod "stranger" is deleted
      Then the pod "stranger" disappears
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-11
    Scenario: Nobody looks when an orphan changes in anything but its labels
      Given the pod "stranger" labelled "app=other" runs on "node-b"
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the annotation "seen=yes" is added to the pod "stranger"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-11 @QUEUE-08 @MANAGE-51
    Scenario: Nobody looks when an orphan on its way out begins to fit
      Given the pod "leaver" labelled "app=other" is on its way out and belongs to nobody
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "app=agent" is added to the pod "leaver"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |
      And the pod "leaver" is controlled by nobody

    @extended @since-1.33 @QUEUE-13
    Scenario: Nobody looks when a revision appears that is already owned
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When a copy of the current revision of "agent" with the number 5 is created
      Then "agent" has exactly the revisions 1, 5
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

    @extended @since-1.33 @QUEUE-26
    Scenario: Nobody looks because time has passed
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When 20 seconds pass
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

  Rule: What concerns a daemon pod, or a pod that may become one, MUST make the controller look
    Background:
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node

    @extended @since-1.33 @QUEUE-04 @MANAGE-05
    Scenario: The controller looks when a pod appears that names the DaemonSet as its controller
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the pod "twin" is created with
        | labels     | app=agent |
        | controller | agent     |
        | node       | node-a    |
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
      And the pod "twin" disappears
      And the daemon pods of "agent" on every node are the same as before

    @extended @since-1.33 @QUEUE-05 @MANAGE-51
    Scenario: The controller looks when an orphan appears that fits
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the pod "twin" with the labels of "agent" is created on "node-a"
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
      And the pod "twin" disappears
      And the daemon pods of "agent" on every node are the same as before

    @extended @since-1.33 @QUEUE-07
    Scenario: The controller looks when a daemon pod gets a label
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "seen=yes" is added to the daemon pod of "agent" on "node-a"
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |

    @extended @since-1.33 @QUEUE-10 @MANAGE-51
    Scenario: The controller looks when a daemon pod loses its owner, and adopts it again
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the daemon pod of "agent" on "node-a" loses its owner
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
      And the daemon pods of "agent" on every node are the same as before

    @extended @since-1.33 @QUEUE-11 @MANAGE-51
    Scenario: The controller looks when an orphan gets other labels and fits
      Given the pod "stranger" labelled "app=other" runs on "node-b"
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "app=agent" is added to the pod "stranger"
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |
      And the pod "stranger" disappears
      And the daemon pods of "agent" on every node are the same as before

    @extended @since-1.33 @QUEUE-12 @QUEUE-08
    Scenario: The controller looks when a daemon pod goes
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the daemon pod of "agent" on "node-a" is deleted
      Then the daemon pod of "agent" on "node-a" is a new one
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |

    @extended @since-1.33 @QUEUE-14
    Scenario: The controller looks when one of its revisions gets a label
      Given the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "seen=yes" is added to the current revision of "agent"
      Then the status of "agent" shows
        | desiredNumberScheduled | 1 |
        | numberMisscheduled     | 1 |

    @extended @QUEUE-10 @MANAGE-04
    Scenario: A daemon pod that is handed over makes both DaemonSets look
      Given the DaemonSet "elder" runs on every node with
        | template label | app=agent,team=blue |
        | selector       | app=agent,team=blue |
        | updateStrategy | OnDelete            |
      And the DaemonSet "younger" runs on every node with
        | template label | app=agent,team=blue |
        | selector       | app=agent,team=blue |
        | updateStrategy | OnDelete            |
      When the daemon pod of "elder" on "node-b" is handed over to "younger"
      Then "elder" is available on exactly "node-a" and "node-b"
      And "younger" is available on exactly "node-a" and "node-b"
      And the daemon pod of "elder" on "node-b" is a new one
      And the daemon pods of "elder" on "node-a" are the same as before

  Rule: A node whose daemon pod is not bound MUST be judged as one without
    @extended @since-1.33 @QUEUE-20 @QUEUE-19
    Scenario: The controller looks when a node changes whose daemon pod is still pending
      Given the nodes
        | node   | cpu |
        | node-a | 8   |
        | node-b | 8   |
        | node-c | 1   |
      And the DaemonSet "agent" is placed on every node with
        | cpu | 2 |
      And the DaemonSet "agent" has not noticed the taint "dedicated=gpu:NoSchedule" on "node-b"
      When the label "disk=ssd" is added to "node-c"
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 1 |

    @extended @since-1.33 @QUEUE-23
    Scenario: A pending daemon pod stays where its node stops being eligible, until the controller looks again
      Given the nodes
        | node   | cpu | labels   |
        | node-a | 8   | disk=ssd |
        | node-b | 1   | disk=ssd |
      And the DaemonSet "agent" is placed on every node with
        | cpu          | 2        |
        | nodeSelector | disk=ssd |
      And the status of "agent" shows
        | numberReady | 1 |
      When the label "disk" is removed from "node-b"
      Then the daemon pod of "agent" on "node-b" is pending as "Unschedulable"
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | currentNumberScheduled | 2 |

    @extended @PLACE-44 @MANAGE-06
    Scenario: The next look deletes the pending daemon pod of a node that is no longer eligible
      Given the nodes
        | node   | cpu | labels   |
        | node-a | 8   | disk=ssd |
        | node-b | 1   | disk=ssd |
      And the DaemonSet "agent" is placed on every node with
        | cpu          | 2        |
        | nodeSelector | disk=ssd |
      And the label "disk" was removed from "node-b"
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then "agent" is available on exactly "node-a"
      And the status of "agent" shows
        | desiredNumberScheduled | 1 |

  Rule: A look that finds nothing to do MUST write nothing
    @extended @STATUS-16 @QUEUE-07
    Scenario: Nothing is written when nothing has changed
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When the label "seen=yes" is added to the daemon pod of "agent" on "node-a"
      Then the daemon pod of "agent" on "node-a" has the label "seen=yes"
      And nothing is written to the DaemonSet "agent"
      And nothing is written to the daemon pod of "agent" on "node-b"
