Feature: Selective deployment by node name and labels

  Rule: A DaemonSet with a nodeSelector MUST run only on nodes that carry all of its labels
    Background:
      Given the nodes
        | node   | labels             |
        | node-a | disk=ssd,zone=east |
        | node-b | disk=ssd,zone=west |
        | node-c | disk=hdd,zone=east |
        | node-d |                    |

    @core @PLACE-09
    Scenario Outline: The nodeSelector <selector> selects <nodes>
      When the DaemonSet "agent" is applied with
        | nodeSelector | <selector> |
      Then "agent" is available on exactly <nodes>

      Examples:
        | selector           | nodes                 |
        | disk=ssd           | "node-a" and "node-b" |
        | zone=east          | "node-a" and "node-c" |
        | disk=ssd,zone=east | "node-a"              |
        | disk=nvme          | no node               |

    @core @PLACE-09 @STATUS-01
    Scenario: Nodes that do not match are not desired
      When the DaemonSet "agent" is applied with
        | nodeSelector | disk=ssd |
      Then the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberAvailable        | 2 |
        | numberMisscheduled     | 0 |

  Rule: Placement MUST follow the labels of the nodes
    Background:
      Given a cluster with the node "node-a" labelled "disk=ssd"
      And the node "node-b" labelled "disk=hdd"

    @core @PLACE-10 @QUEUE-16 @QUEUE-21
    Scenario: A node that begins to match gets a daemon pod
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the label "disk=ssd" is added to "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on "node-a" are the same as before

    @core @PLACE-10 @PLACE-20 @MANAGE-06
    Scenario: A node that stops matching loses its daemon pod
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the label "disk=hdd" is added to "node-a"
      Then "agent" has daemon pods on exactly no node
      And the status of "agent" shows
        | desiredNumberScheduled | 0 |
        | numberMisscheduled     | 0 |

    @core @PLACE-20 @MANAGE-06
    Scenario: A node that loses the label loses its daemon pod
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the label "disk" is removed from "node-a"
      Then "agent" has daemon pods on exactly no node

    @extended @QUEUE-16 @QUEUE-21
    Scenario: A label that no rule asks for changes nothing
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the label "colour=green" is added to "node-b"
      Then "agent" is available on exactly "node-a"
      And the daemon pods of "agent" on "node-a" are the same as before

  Rule: Placement MUST follow the nodeSelector of the template
    Background:
      Given a cluster with the node "node-a" labelled "disk=ssd"
      And the node "node-b" labelled "disk=hdd"

    @core @PLACE-10 @API-57
    Scenario: A new nodeSelector moves the daemon pods
      Given the DaemonSet "agent" runs on "node-a" with
        | nodeSelector | disk=ssd |
      When the DaemonSet "agent" is changed to
        | nodeSelector | disk=hdd |
      Then "agent" is available on exactly "node-b"

    @core @STATUS-25 @DELETE-12
    Scenario: A nodeSelector that no node matches drains the DaemonSet
      Given the DaemonSet "agent" runs on every node
      When the DaemonSet "agent" is changed to
        | nodeSelector | drained=yes |
      Then "agent" has daemon pods on exactly no node
      And the status of "agent" shows
        | desiredNumberScheduled | 0 |
        | currentNumberScheduled | 0 |
        | numberMisscheduled     | 0 |

  Rule: A template that names a node MUST run there and nowhere else
    Background:
      Given a cluster with the node "node-a" labelled "disk=ssd"
      And the node "node-b" labelled "disk=hdd"

    @extended @PLACE-06 @PLACE-08
    Scenario Outline: The nodeName <name> selects <nodes>
      When the DaemonSet "agent" is applied with
        | nodeName | <name> |
      Then "agent" is available on exactly <nodes>

      Examples:
        | name   | nodes    |
        | node-b | "node-b" |
        | node-z | no node  |

    @extended @PLACE-07
    Scenario Outline: A nodeName with the nodeSelector <selector> selects <nodes>
      When the DaemonSet "agent" is applied with
        | nodeName     | node-b     |
        | nodeSelector | <selector> |
      Then "agent" is available on exactly <nodes>

      Examples:
        | selector | nodes    |
        | disk=hdd | "node-b" |
        | disk=ssd | no node  |
