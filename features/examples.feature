Feature: The first examples
  The two manifests that a newcomer applies, step by step.

  Rule: The basic DaemonSet MUST put a log collector on every node that accepts it
    Background:
      Given the fleet "lab"

    @core @PLACE-02 @PLACE-22 @MANAGE-01
    Scenario: It runs on the workers and not on the tainted control plane
      When the manifest "basic-daemonset" is applied
      Then "fluentd-logging" is available on exactly "worker-1" and "worker-2"
      And the status of "fluentd-logging" shows
        | desiredNumberScheduled | 2 |
        | numberAvailable        | 2 |

    @core @MANAGE-43 @API-06
    Scenario: Its pods are found by their label
      When the manifest "basic-daemonset" is applied
      Then the pods labelled "app=fluentd-logging" run on exactly "worker-1" and "worker-2"

    @core @UPDATE-01 @UPDATE-32
    Scenario: A new image is rolled out node by node
      Given the manifest "basic-daemonset" runs on "worker-1" and "worker-2"
      When the image of the container "fluentd" of "fluentd-logging" changes to "fluentd:v2.0"
      Then the rollout of "fluentd-logging" is complete
      And 2 daemon pods of "fluentd-logging" run the image "fluentd:v2.0"
      And at no time were more than 1 nodes without an available daemon pod of "fluentd-logging"

    @core @MANAGE-02
    Scenario: A deleted pod comes back on its node
      Given the manifest "basic-daemonset" runs on "worker-1" and "worker-2"
      When the daemon pod of "fluentd-logging" on "worker-2" is deleted
      Then the daemon pod of "fluentd-logging" on "worker-2" is a new one
      And "fluentd-logging" is available on exactly "worker-1" and "worker-2"

    @core @DELETE-01 @DELETE-11
    Scenario: Deleting it leaves nothing behind
      Given the manifest "basic-daemonset" runs on "worker-1" and "worker-2"
      When the DaemonSet "fluentd-logging" is deleted
      Then the DaemonSet "fluentd-logging" disappears
      And no pod labelled "app=fluentd-logging" is left
      And no ControllerRevision labelled "app=fluentd-logging" is left

  Rule: The DaemonSet with a nodeSelector MUST run on nodes with a fast disk only
    Background:
      Given the fleet "lab"

    @core @PLACE-09
    Scenario: It runs on the one node that is labelled disktype=ssd
      When the manifest "daemonset-node-selector" is applied
      Then "ssd-monitor" is available on exactly "worker-1"
      And the status of "ssd-monitor" shows
        | desiredNumberScheduled | 1 |
        | numberAvailable        | 1 |

    @core @PLACE-10
    Scenario: A node whose disk is replaced is monitored as well
      Given the manifest "daemonset-node-selector" runs on "worker-1"
      When the label "disktype=ssd" is added to "worker-2"
      Then "ssd-monitor" is available on exactly "worker-1" and "worker-2"

    @core @PLACE-10 @PLACE-20
    Scenario: A node that loses its fast disk is no longer monitored
      Given the manifest "daemonset-node-selector" runs on "worker-1"
      When the label "disktype=hdd" is added to "worker-1"
      Then "ssd-monitor" has daemon pods on exactly no node
