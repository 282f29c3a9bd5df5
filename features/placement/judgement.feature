Feature: How a node is judged
  Two questions: may a daemon pod start on the node, and may one that is there stay?

  Rule: Name, selector and taints MUST decide, in this order, whether a daemon pod may start and may stay
    @extended @PLACE-03 @PLACE-06 @PLACE-22 @PLACE-23 @STATUS-03
    Scenario Outline: With <setting> <value> the node is desired <desired> times, and the daemon pod is <pods> time there
      Given the nodes
        | node   | taints                                              |
        | node-a | dedicated=gpu:NoSchedule,maintenance:NoExecute |
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
        | tolerations    | Exists   |
      When the DaemonSet "agent" is changed to
        | <setting> | <value> |
      Then the status of "agent" shows
        | observedGeneration     | 2              |
        | desiredNumberScheduled | <desired>      |
        | numberMisscheduled     | <misscheduled> |
      And "agent" has <pods> daemon pods

      Examples:
        | setting      | value                                              | desired | misscheduled | pods |
        | tolerations  | dedicated Exists:NoSchedule, maintenance Exists:NoExecute | 1 | 0            | 1    |
        | tolerations  | maintenance Exists:NoExecute                       | 0       | 1            | 1    |
        | tolerations  | dedicated Exists:NoSchedule                        | 0       | 0            | 0    |
        | tolerations  | none                                               | 0       | 0            | 0    |
        | nodeSelector | disk=ssd                                           | 0       | 0            | 0    |
        | nodeName     | node-z                                             | 0       | 0            | 0    |

  Rule: Nothing but name, labels and taints of a node MUST count
    @extended @PLACE-04 @QUEUE-17
    Scenario Outline: Even at the next look the <part> of a node do not matter
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      And the <part> of "node-b" changed
      When the label "touched=yes" is added to the DaemonSet "agent"
      Then "agent" is available on exactly "node-a" and "node-b"
      And the daemon pods of "agent" on every node are the same as before
      And the status of "agent" shows
        | desiredNumberScheduled | 2 |
        | numberMisscheduled     | 0 |

      Examples:
        | part       |
        | addresses  |
        | annotation |
        | capacity   |
        | condition  |

  Rule: A node affinity term that makes no sense MUST fit no node and disturb no other term
    @extended @PLACE-19 @PLACE-17
    Scenario Outline: Requiring <requirement> selects <nodes>
      Given the nodes
        | node   | labels           |
        | node-a | disk=ssd,cores=8 |
        | node-b | cores=many       |
      When the DaemonSet "agent" is applied with
        | node affinity | <requirement> |
      Then "agent" has daemon pods on exactly <nodes>
      And "agent" has no Warning event

      Examples:
        | requirement                     | nodes    |
        | cores Gt few                    | no node  |
        | cores Gt few or disk In ssd     | "node-a" |
        | cores Gt 4                      | "node-a" |

  Rule: Tolerations MUST NOT compare numbers unless a gate allows it
    @extended @GATES-07 @PLACE-25
    Scenario Outline: The toleration operator <operator> is refused
      When a DaemonSet whose "spec.template.spec.tolerations" is [{"key":"tier","operator":"<operator>","value":"3","effect":"NoSchedule"}] is created
      Then the request is refused as "Invalid" at "spec.template.spec.tolerations[0].operator" with "Unsupported value"

      Examples:
        | operator |
        | Lt       |
        | Gt       |
