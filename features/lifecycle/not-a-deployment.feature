Feature: What tells a DaemonSet from a Deployment

  Rule: A DaemonSet MUST NOT have a number of replicas
    Background:
      Given a cluster with nodes "node-a" and "node-b"

    @core @API-03
    Scenario Outline: The field <field> is not stored
      When the DaemonSet "agent" is applied with the foreign field "<field>" set to <value>
      Then "agent" is available on exactly "node-a" and "node-b"
      And the DaemonSet "agent" has no field "<field>"

      Examples:
        | field                        | value |
        | spec.replicas                | 5     |
        | spec.paused                  | true  |
        | spec.progressDeadlineSeconds | 600   |

    @core @API-02
    Scenario: There is no scale subresource
      Given the DaemonSet "agent" runs on every node
      When the scale of "agent" is asked for
      Then the request is refused as "NotFound"

    @extended @since-1.25 @API-03
    Scenario: Asked to be strict, the API server refuses replicas
      When a DaemonSet with "spec.replicas" set to 5 is created under strict validation
      Then the request is refused as "BadRequest" because of the unknown field "spec.replicas"

  Rule: A DaemonSet MUST scale with the nodes and with nothing else
    @core @QUEUE-25 @STATUS-01
    Scenario: More nodes mean more daemon pods
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When 3 nodes join
      Then "agent" is available on exactly every node
      And the status of "agent" shows
        | desiredNumberScheduled | 5 |

    @core @PLACE-41 @MANAGE-03 @STATUS-06
    Scenario: A node that fails is not made up for on another node
      Given a cluster with nodes "node-a" and "node-b"
      And the DaemonSet "agent" runs on every node
      When the kubelet of "node-b" reports the condition "Ready" as "False"
      Then "node-b" carries the taint "node.kubernetes.io/not-ready:NoSchedule"
      And "agent" has daemon pods on exactly "node-a" and "node-b"
      And "agent" has 2 daemon pods

  Rule: A DaemonSet MUST control its pods without a ReplicaSet and keep its history by itself
    @core @MANAGE-45 @HISTORY-07
    Scenario: Pods and revisions belong to the DaemonSet
      Given a cluster with nodes "node-a" and "node-b"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the only owner of every daemon pod of "agent" is the DaemonSet, as controller that blocks its deletion
      And the only owner of every revision of "agent" is the DaemonSet, as controller that blocks its deletion

  Rule: A DaemonSet MUST know two update strategies, none of them Recreate
    @core @API-47
    Scenario: Recreate is no strategy of a DaemonSet
      When a DaemonSet whose "spec.updateStrategy" is {"type":"Recreate"} is created
      Then the request is refused as "Invalid" at "spec.updateStrategy" with "Unsupported value"
