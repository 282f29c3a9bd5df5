Feature: Validation of DaemonSets

  Background:
    Given a cluster without nodes

  Rule: A DaemonSet that breaks a rule MUST be refused with the field and the reason
    Scenario Outline: <field> set to <value> is refused
      When a DaemonSet whose "<field>" is <value> is created
      Then the request is refused as "Invalid" at "<path>" with "<reason>"

      @core @API-33
      Examples: Name
        | field         | value       | path          | reason                                        |
        | metadata.name | "Agent"     | metadata.name | a lowercase RFC 1123 subdomain must consist of |
        | metadata.name | "agent-"    | metadata.name | a lowercase RFC 1123 subdomain must consist of |
        | metadata.name | null        | metadata.name | Required value: name or generateName is required |

      @core @API-34
      Examples: Labels and annotations
        | field                | value               | path                 | reason                                       |
        | metadata.labels      | {"-team":"blue"}    | metadata.labels      | name part must consist of alphanumeric characters |
        | metadata.labels      | {"team":"dark blue"} | metadata.labels     | a valid label must be an empty string or consist of alphanumeric characters |
        | metadata.annotations | {"team!":"blue"}    | metadata.annotations | name part must consist of alphanumeric characters |

      @core @API-35
      Examples: No selector
        | field         | value | path                          | reason                                       |
        | spec.selector | null  | spec.template.metadata.labels | `selector` does not match template `labels` |

      @core @API-36
      Examples: An empty selector
        | field         | value | path          | reason                                   |
        | spec.selector | {}    | spec.selector | empty selector is invalid for daemonset |

      @core @API-37
      Examples: A selector that misses the template
        | field                         | value                              | path                          | reason                                       |
        | spec.selector                 | {"matchLabels":{"app":"other"}}    | spec.template.metadata.labels | `selector` does not match template `labels` |
        | spec.template.metadata.labels | {"app":"other"}                    | spec.template.metadata.labels | `selector` does not match template `labels` |

      @extended @API-38
      Examples: Malformed labels of the selector
        | field         | value                               | path                      | reason                                       |
        | spec.selector | {"matchLabels":{"-app":"agent"}}    | spec.selector.matchLabels | name part must consist of alphanumeric characters |
        | spec.selector | {"matchLabels":{"app":"the agent"}} | spec.selector.matchLabels | a valid label must be an empty string or consist of alphanumeric characters |

      @extended @API-39
      Examples: Malformed expressions of the selector
        | field         | value                                                                        | path                                      | reason                                       |
        | spec.selector | {"matchExpressions":[{"key":"app","operator":"In"}]}                         | spec.selector.matchExpressions[0].values   | Required value: must be specified when `operator` is 'In' or 'NotIn' |
        | spec.selector | {"matchExpressions":[{"key":"app","operator":"Exists","values":["agent"]}]}  | spec.selector.matchExpressions[0].values   | Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist' |
        | spec.selector | {"matchExpressions":[{"key":"app","operator":"Like","values":["agent"]}]}    | spec.selector.matchExpressions[0].operator | not a valid selector operator                 |

      @core @API-41
      Examples: An invalid template
        | field                         | value                           | path                          | reason                     |
        | spec.template.spec.containers | []                              | spec.template.spec.containers | Required value             |
        | spec.template.metadata.labels | {"app":"agent","-team":"blue"}  | spec.template.labels          | name part must consist of alphanumeric characters |

      @core @API-42
      Examples: Restart policies
        | field                            | value       | path                             | reason                                      |
        | spec.template.spec.restartPolicy | "Never"     | spec.template.spec.restartPolicy | Unsupported value |
        | spec.template.spec.restartPolicy | "OnFailure" | spec.template.spec.restartPolicy | Unsupported value |

      @extended @API-43
      Examples: Deadlines
        | field                                    | value | path                                     | reason    |
        | spec.template.spec.activeDeadlineSeconds | 60    | spec.template.spec.activeDeadlineSeconds | Forbidden |

      @extended @since-1.23 @API-44
      Examples: Ephemeral containers
        | field                                  | value                                  | path                                   | reason    |
        | spec.template.spec.ephemeralContainers | [{"name":"debug","image":"debug:v1"}]  | spec.template.spec.ephemeralContainers | Forbidden |

      @core @API-45
      Examples: minReadySeconds
        | field                | value | path                 | reason                                |
        | spec.minReadySeconds | -1    | spec.minReadySeconds | must be greater than or equal to 0 |

      @core @API-46
      Examples: revisionHistoryLimit
        | field                     | value | path                      | reason                                |
        | spec.revisionHistoryLimit | -1    | spec.revisionHistoryLimit | must be greater than or equal to 0 |

      @core @API-47
      Examples: Unknown strategies
        | field               | value                | path                | reason                        |
        | spec.updateStrategy | {"type":"Recreate"}  | spec.updateStrategy | Unsupported value             |
        | spec.updateStrategy | {"type":"rolling"}   | spec.updateStrategy | Unsupported value             |

      @core @API-48
      Examples: Limits of the rolling update
        | field                                           | value     | path                                            | reason                                |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | -1       | spec.updateStrategy.rollingUpdate.maxUnavailable | must be greater than or equal to 0   |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "some"   | spec.updateStrategy.rollingUpdate.maxUnavailable | a valid percent string must be a numeric string followed by an ending '%' |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "2"      | spec.updateStrategy.rollingUpdate.maxUnavailable | a valid percent string must be a numeric string followed by an ending '%' |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "-5%"    | spec.updateStrategy.rollingUpdate.maxUnavailable | a valid percent string must be a numeric string followed by an ending '%' |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "101%"   | spec.updateStrategy.rollingUpdate.maxUnavailable | must not be greater than 100%        |

      @core @since-1.22 @API-48 @GATES-08
      Examples: Limits of the surge
        | field                             | value                                    | path                                       | reason                             |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":0,"maxSurge":-1}       | spec.updateStrategy.rollingUpdate.maxSurge | must be greater than or equal to 0 |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":0,"maxSurge":"101%"}   | spec.updateStrategy.rollingUpdate.maxSurge | must not be greater than 100%      |

      @core @since-1.22 @API-49
      Examples: Neither may a node be without nor with two daemon pods
        | field                             | value                                 | path                                             | reason                                         |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":0}                  | spec.updateStrategy.rollingUpdate.maxUnavailable | Required value: cannot be 0 when maxSurge is 0 |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":"0%","maxSurge":0}  | spec.updateStrategy.rollingUpdate.maxUnavailable | Required value: cannot be 0 when maxSurge is 0 |

      @core @since-1.22 @API-50 @API-51
      Examples: Only one of the two limits may be used
        | field                             | value                                   | path                                       | reason                                          |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":1,"maxSurge":1}       | spec.updateStrategy.rollingUpdate.maxSurge | may not be set when maxUnavailable is non-zero |
        | spec.updateStrategy.rollingUpdate | {"maxUnavailable":"1%","maxSurge":"1%"} | spec.updateStrategy.rollingUpdate.maxSurge | may not be set when maxUnavailable is non-zero |
        | spec.updateStrategy.rollingUpdate | {"maxSurge":1}                          | spec.updateStrategy.rollingUpdate.maxSurge | may not be set when maxUnavailable is non-zero |

      @extended @PLACE-13
      Examples: Required node affinity without a term
        | field                                | value                                                                         | path                                                                                               | reason                                        |
        | spec.template.spec.affinity.nodeAffinity | {"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[]}} | spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms | Required value |

      @extended @PLACE-18
      Examples: matchFields know only the name of the node
        | field                                | value                                                                         | path                                                                                               | reason                                        |
        | spec.template.spec.affinity.nodeAffinity | {"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.uid","operator":"In","values":["x"]}]}]}} | spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key | not a valid field selector key |

    @core @API-35
    Scenario: Without a selector it is the labels of the template that are refused
      When a DaemonSet whose "spec.selector" is null is created
      Then the request is refused as "Invalid" at "spec.template.metadata.labels" with "`selector` does not match template `labels`"

    @core @since-1.22 @API-51 @API-50
    Scenario: A surge alone is refused, because one pod may be unavailable unless the manifest says otherwise
      When a DaemonSet whose "spec.updateStrategy.rollingUpdate" is {"maxSurge":1} is created
      Then the request is refused as "Invalid" at "spec.updateStrategy.rollingUpdate.maxSurge" with "may not be set when maxUnavailable is non-zero"

    @core @API-45 @API-46
    Scenario: All problems of a DaemonSet are told at once
      When a DaemonSet with these fields is created
        | field                            | value   |
        | spec.minReadySeconds             | -1      |
        | spec.revisionHistoryLimit        | -1      |
        | spec.template.spec.restartPolicy | "Never" |
      Then the request is refused as "Invalid" at "spec.minReadySeconds" with "must be greater than or equal to 0"
      And the refusal also names "spec.revisionHistoryLimit"
      And the refusal also names "spec.template.spec.restartPolicy"

    @extended @API-17
    Scenario: A template generation that is no number cannot be read
      When a DaemonSet whose "metadata.annotations" is {"deprecated.daemonset.template.generation":"first"} is created
      Then the request is refused as "BadRequest"

  Rule: What is unusual but allowed MUST be accepted
    Scenario Outline: <field> set to <value> is accepted
      When a DaemonSet whose "<field>" is <value> is created
      Then the DaemonSet "agent" has these fields
        | field   | value   |
        | <field> | <value> |

      @extended @API-46 @API-11
      Examples: No history at all
        | field                     | value |
        | spec.revisionHistoryLimit | 0     |

      @extended @API-45
      Examples: A wait without end
        | field                | value      |
        | spec.minReadySeconds | 2147483647 |

      @extended @API-48
      Examples: Limits beyond the number of nodes
        | field                                            | value   |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | 5000    |
        | spec.updateStrategy.rollingUpdate.maxUnavailable | "100%"  |

      @extended @since-1.22 @API-52
      Examples: Limits that OnDelete does not use
        | field               | value                                                                     |
        | spec.updateStrategy | {"type":"OnDelete","rollingUpdate":{"maxUnavailable":3,"maxSurge":2}}     |
