Feature: Selective deployment by node affinity

  Rule: A DaemonSet MUST run only on nodes that match its required node affinity
    Background:
      Given the nodes
        | node   | labels                |
        | node-a | disk=ssd,generation=1 |
        | node-b | disk=hdd,generation=3 |
        | node-c | generation=new        |

    Scenario Outline: Requiring <requirement> selects <nodes>
      When the DaemonSet "agent" is applied with
        | node affinity | <requirement> |
      Then "agent" is available on exactly <nodes>

      @core @PLACE-14
      Examples: In
        | requirement      | nodes                 |
        | disk In ssd      | "node-a"              |
        | disk In ssd,hdd  | "node-a" and "node-b" |
        | disk In nvme     | no node               |

      @core @PLACE-15
      Examples: NotIn
        | requirement        | nodes                 |
        | disk NotIn ssd     | "node-b" and "node-c" |
        | disk NotIn ssd,hdd | "node-c"              |

      @core @PLACE-16
      Examples: Exists and DoesNotExist
        | requirement       | nodes                 |
        | disk Exists       | "node-a" and "node-b" |
        | disk DoesNotExist | "node-c"              |

      @core @PLACE-17
      Examples: Gt and Lt compare whole numbers and pass over other labels
        | requirement     | nodes                 |
        | generation Gt 1 | "node-b"              |
        | generation Gt 0 | "node-a" and "node-b" |
        | generation Lt 3 | "node-a"              |
        | disk Gt 0       | no node               |

      @core @PLACE-18
      Examples: The name of the node
        | requirement                | nodes                 |
        | metadata.name In node-b    | "node-b"              |
        | metadata.name NotIn node-b | "node-a" and "node-c" |

      @core @PLACE-12
      Examples: Terms are alternatives, the expressions of one term must all hold
        | requirement                            | nodes                 |
        | disk In ssd or metadata.name In node-c | "node-a" and "node-c" |
        | disk Exists and generation Lt 2        | "node-a"              |
        | disk Exists and generation Lt 1        | no node               |

      @extended @PLACE-13
      Examples: A term that says nothing
        | requirement            | nodes    |
        | nothing                | no node  |
        | nothing or disk In hdd | "node-b" |

    @core @PLACE-11
    Scenario: A nodeSelector beside the affinity must hold as well
      When the DaemonSet "agent" is applied with
        | node affinity | disk Exists  |
        | nodeSelector  | generation=3 |
      Then "agent" is available on exactly "node-b"

    @extended @PLACE-21
    Scenario: Preferring a node excludes no other
      When the DaemonSet "agent" is applied with
        | preferred node affinity | disk In ssd |
      Then "agent" is available on exactly "node-a", "node-b" and "node-c"

  Rule: A node that stops matching the required node affinity MUST lose its daemon pod
    Background:
      Given a cluster with the node "node-a" labelled "disk=ssd"
      And the node "node-b" labelled "disk=ssd"
      And the DaemonSet "agent" runs on every node with
        | node affinity | disk In ssd,nvme |

    @core @PLACE-20
    Scenario: A changed label removes the daemon pod although it was scheduled before
      When the label "disk=hdd" is added to "node-b"
      Then "agent" is available on exactly "node-a"
      And the daemon pods of "agent" on "node-a" are the same as before

    @extended @PLACE-14 @QUEUE-19
    Scenario: A label that still matches leaves the daemon pod alone
      When the label "disk=nvme" is added to "node-b"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before

  Rule: A daemon pod MUST be tied to its node instead of repeating the affinity of the template
    @core @PLACE-41 @PLACE-42
    Scenario: The required terms are replaced, the preferred ones stay
      Given a cluster with the node "node-a" labelled "disk=ssd"
      When the DaemonSet "agent" is applied with
        | node affinity           | disk In ssd |
        | preferred node affinity | zone In east |
      Then the daemon pod of "agent" on "node-a" requires the node affinity "metadata.name In node-a"
      And the daemon pod of "agent" on "node-a" prefers the node affinity "zone In east"
