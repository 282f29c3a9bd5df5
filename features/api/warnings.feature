Feature: Warnings about a pod template

  Background:
    Given a cluster without nodes

  Rule: Whoever writes a template that is odd but not wrong MUST be warned, and nobody else
    @extended @since-1.22 @API-26
    Scenario: The template of a new DaemonSet is odd
      When the DaemonSet "agent" is posted with
        | nodeSelector | beta.kubernetes.io/os=linux |
      Then the answer warns 'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'

    @extended @API-26
    Scenario: The template of a new DaemonSet is in order
      When the DaemonSet "agent" is posted with
        | nodeSelector | kubernetes.io/os=linux |
      Then the answer warns of nothing

    @extended @since-1.22 @API-26
    Scenario: A change of the template is warned about, whatever it is that changed
      Given the DaemonSet "agent" was posted with
        | nodeSelector | beta.kubernetes.io/os=linux |
      When a patch sets "spec.template.metadata.annotations" of the DaemonSet "agent" to {"changed":"yes"}
      Then the answer warns 'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'

    @extended @API-26
    Scenario: A change of anything else is not warned about
      Given the DaemonSet "agent" was posted with
        | nodeSelector | beta.kubernetes.io/os=linux |
      When a patch sets "spec.minReadySeconds" of the DaemonSet "agent" to 5
      Then the answer warns of nothing

    @extended @API-26
    Scenario: A status is not warned about
      Given the DaemonSet "agent" was posted with
        | nodeSelector | beta.kubernetes.io/os=linux |
      When a patch of the status of the DaemonSet "agent" sets "status.numberReady" to 1
      Then the answer warns of nothing
