Feature: Tables as kubectl shows them

  Rule: A table of DaemonSets MUST show how many daemon pods there are, where they may run, and since when
    @extended @API-63 @API-64
    Scenario: The columns of a table of DaemonSets
      Given a cluster without nodes
      When the DaemonSet "agent" is applied
      Then the table of DaemonSets has exactly the columns
        | name          | type    | shown  |
        | Name          | string  | always |
        | Desired       | integer | always |
        | Current       | integer | always |
        | Ready         | integer | always |
        | Up-to-date    | integer | always |
        | Available     | integer | always |
        | Node Selector | string  | always |
        | Age           | string  | always |
        | Containers    | string  | wide   |
        | Images        | string  | wide   |
        | Selector      | string  | wide   |

    @extended @API-63 @API-71
    Scenario: The five counts are those of the status
      Given a cluster with nodes "node-a", "node-b" and "node-c"
      And the DaemonSet "agent" runs on every node with
        | updateStrategy | OnDelete |
      And the DaemonSet "agent" was changed to
        | image | agent:v2 |
      And the daemon pod of "agent" on "node-a" was deleted and replaced
      When the daemon pod of "agent" on "node-b" becomes unready
      Then the table of DaemonSets reads
        | Name  | Desired | Current | Ready | Up-to-date | Available | Node Selector | Age   |
        | agent | 3       | 3       | 2     | 1          | 2         | <none>        | <age> |

    @extended @API-63
    Scenario: The node selector is in the order of its keys, and the affinity is not shown
      Given a cluster without nodes
      And the DaemonSet "affine" runs on no node with
        | node affinity | disk In ssd |
      When the DaemonSet "picky" is applied with
        | nodeSelector | zone=east,disk=ssd,arch= |
      Then the table of DaemonSets reads
        | Name   | Desired | Node Selector           |
        | affine | 0       | <none>                  |
        | picky  | 0       | arch=,disk=ssd,zone=east |

    @extended @API-64
    Scenario: Wide tables add containers, images and the selector
      Given a cluster without nodes
      When a DaemonSet with these fields is created
        | field                              | value                                                                                       |
        | spec.selector.matchLabels          | {"tier":"node","app":"agent"}                                                               |
        | spec.selector.matchExpressions     | [{"key":"zone","operator":"NotIn","values":["west","east"]},{"key":"old","operator":"DoesNotExist"}] |
        | spec.template.metadata.labels      | {"app":"agent","tier":"node"}                                                               |
        | spec.template.spec.initContainers  | [{"name":"prepare","image":"prepare:v1"}]                                                   |
        | spec.template.spec.containers      | [{"name":"main","image":"agent:v1"},{"name":"helper","image":"helper:v2"}]                  |
      Then the table of DaemonSets reads
        | Name  | Containers  | Images             | Selector                                     |
        | agent | main,helper | agent:v1,helper:v2 | app=agent,!old,tier=node,zone notin (east,west) |

  Rule: A table of ControllerRevisions MUST show whose they are, and which is the newest
    @extended @API-65
    Scenario: The columns of a table of ControllerRevisions
      Given a cluster without nodes
      When the DaemonSet "agent" is applied
      Then the table of ControllerRevisions has exactly the columns
        | name       | type    | shown  |
        | Name       | string  | always |
        | Controller | string  | always |
        | Revision   | string  | always |
        | Age        | string  | always |

    @extended @API-65
    Scenario: A revision of a DaemonSet beside one of nobody
      Given a cluster without nodes
      And the ControllerRevision "zero" was created with
        | field    | value |
        | revision | 7     |
      When the DaemonSet "agent" is applied
      Then the table of ControllerRevisions reads
        | Name         | Controller           | Revision | Age   |
        | agent-<hash> | daemonset.apps/agent | 1        | <age> |
        | zero         | <none>               | 7        | <age> |

  Rule: A table of nodes MUST show which of them can run pods, and what they are there for
    @extended @API-66 @API-67
    Scenario: The columns of a table of nodes
      Given a cluster without nodes
      When the node "node-a" joins
      Then the table of nodes has exactly the columns
        | name              | type   | shown  |
        | Name              | string | always |
        | Status            | string | always |
        | Roles             | string | always |
        | Age               | string | always |
        | Version           | string | always |
        | Internal-IP       | string | wide   |
        | External-IP       | string | wide   |
        | OS-Image          | string | wide   |
        | Kernel-Version    | string | wide   |
        | Container-Runtime | string | wide   |

    @extended @API-66
    Scenario: Nodes that are ready, not ready, cordoned, and not heard of
      Given a cluster with nodes "node-a", "node-b", "node-c" and "node-d"
      And "node-b" was cordoned
      And the kubelet of "node-c" reported the condition "Ready" as "False"
      And "node-d" was cordoned
      And the kubelet of "node-d" reported the condition "Ready" as "False"
      When the node "node-e" is created without a kubelet
      Then the table of nodes reads
        | Name   | Status                      | Roles  | Age   | Version |
        | node-a | Ready                       | <none> | <age> | v1.36.2 |
        | node-b | Ready,SchedulingDisabled    | <none> | <age> | v1.36.2 |
        | node-c | NotReady                    | <none> | <age> | v1.36.2 |
        | node-d | NotReady,SchedulingDisabled | <none> | <age> | v1.36.2 |
        | node-e | Unknown                     | <none> | <age> |         |

    @extended @API-66
    Scenario: Roles are read from two kinds of labels, in order and each once
      Given the nodes
        | node   | labels                                                                                                |
        | node-a | node-role.kubernetes.io/worker=,node-role.kubernetes.io/control-plane=,kubernetes.io/role=edge        |
        | node-b | node-role.kubernetes.io/edge=anything,kubernetes.io/role=edge                                         |
      When the node "node-c" labelled "kubernetes.io/role=" joins
      Then the table of nodes reads
        | Name   | Roles                     |
        | node-a | control-plane,edge,worker |
        | node-b | edge                      |
        | node-c | <none>                    |

    @extended @API-67
    Scenario: Wide tables add the addresses of nodes and what runs on them
      Given a cluster with nodes "node-a" and "node-b"
      And the addresses of "node-b" changed
      When the node "node-c" is created without a kubelet
      Then the table of nodes reads
        | Name   | Internal-IP | External-IP | OS-Image       | Container-Runtime  |
        | node-a | <address>   | <none>      | Simulated node | containerd://2.1.0 |
        | node-b | <address>   | 203.0.113.7 | Simulated node | containerd://2.1.0 |
        | node-c | <none>      | <none>      | <unknown>      | <unknown>          |

    @extended @since-1.36 @API-67
    Scenario: The kernel is told with what it is made for
      Given a cluster with the node "node-a"
      When the node "node-b" is created without a kubelet
      Then the table of nodes reads
        | Name   | Kernel-Version |
        | node-a | 6.12.0 (amd64) |
        | node-b | <unknown>      |

  Rule: A table of pods MUST show how many containers are ready, what is the matter, and how often they were restarted
    Background:
      Given a cluster without nodes

    @extended @since-1.22 @API-68 @API-70
    Scenario: The columns of a table of pods
      When the pod "one" is created with
        | labels | app=other |
      Then the table of pods has exactly the columns
        | name            | type   | shown  |
        | Name            | string | always |
        | Ready           | string | always |
        | Status          | string | always |
        | Restarts        | string | always |
        | Age             | string | always |
        | IP              | string | wide   |
        | Node            | string | wide   |
        | Nominated Node  | string | wide   |
        | Readiness Gates | string | wide   |

    @extended @API-68 @API-70
    Scenario: Daemon pods that run
      Given a cluster with nodes "node-a" and "node-b"
      When the DaemonSet "agent" is applied
      Then "agent" is available on exactly "node-a" and "node-b"
      And the table of pods reads
        | Name           | Ready | Status  | Restarts | Age   | IP        | Nominated Node | Readiness Gates |
        | agent-<suffix> | 1/1   | Running | 0        | <age> | <address> | <none>         | <none>          |
        | agent-<suffix> | 1/1   | Running | 0        | <age> | <address> | <none>         | <none>          |

    @extended @API-68
    Scenario: Ready counts containers, not pods
      Given the pod "one" was created with
        | containers | main, side, third |
      When the status of the pod "one" is written with
        | phase      | Running               |
        | containers | ready, running, ready |
      Then the table of pods reads
        | Name | Ready | Status  |
        | one  | 2/3   | Running |

    @extended @since-1.29 @API-68
    Scenario: Init containers that keep running count as containers
      Given the pod "one" was created with
        | sidecars   | proxy      |
        | containers | main, side |
      When the status of the pod "one" is written with
        | phase           | Running            |
        | init containers | ready              |
        | containers      | ready, running     |
        | conditions      | Initialized        |
      Then the table of pods reads
        | Name | Ready | Status  |
        | one  | 2/3   | Running |

    @extended @since-1.22 @API-68 @API-71
    Scenario: Restarts are told with the time since the last one
      Given the pod "one" was created with
        | containers | main, side |
      And the pod "two" was created with
        | containers | main |
      And the status of the pod "one" was written with
        | phase             | Running      |
        | containers        | ready, ready |
        | restarts          | 2, 1         |
        | ended seconds ago | 8000, 8400   |
      When the status of the pod "two" is written with
        | phase      | Running |
        | containers | ready   |
        | restarts   | 3       |
      Then the table of pods reads
        | Name | Ready | Restarts     |
        | one  | 2/2   | 3 (133m ago) |
        | two  | 1/1   | 3            |

    @extended @API-70
    Scenario: Wide tables add addresses, nodes and readiness gates
      Given the pod "bare" was created with
        | labels | app=other |
      And the pod "full" was created with
        | readiness gates | example.com/fed, example.com/washed |
      When the status of the pod "full" is written with
        | phase          | Running          |
        | addresses      | 10.9.8.7, fd00::1 |
        | nominated node | node-z           |
        | conditions     | example.com/fed  |
      Then the table of pods reads
        | Name | IP       | Node   | Nominated Node | Readiness Gates |
        | bare | <none>   | <none> | <none>         | <none>          |
        | full | 10.9.8.7 | <none> | node-z         | 1/2             |

  Rule: The status of a pod MUST be told in the one word that says most
    Background:
      Given a cluster without nodes

    @extended @API-69
    Scenario Outline: A pod <case> reads <word>
      Given the pod "one" was created with
        | init containers | first, second |
        | containers      | main, side    |
      When the status of the pod "one" is written with
        | phase           | <phase>      |
        | reason          | <reason>     |
        | init containers | <init>       |
        | containers      | <containers> |
        | conditions      | <conditions> |
      Then the table of pods reads
        | Name | Status |
        | one  | <word> |

      Examples: By itself
        | case                               | phase   | reason  | init | containers | conditions | word    |
        | that waits for a node              | Pending |         |      |            |            | Pending |
        | that a node has thrown out         | Failed  | Evicted |      |            |            | Evicted |
        | that has failed without a reason   | Failed  |         |      |            |            | Failed  |

      Examples: By its init containers
        | case                                        | phase   | reason | init                                            | containers                                       | conditions  | word                  |
        | whose first init container has not begun    | Pending |        | waiting PodInitializing                         | waiting PodInitializing, waiting PodInitializing |             | Init:0/2              |
        | whose second init container runs            | Pending |        | exited 0 Completed, running                     | waiting PodInitializing, waiting PodInitializing |             | Init:1/2              |
        | whose init container has no image           | Pending |        | waiting ImagePullBackOff                        | waiting PodInitializing, waiting PodInitializing |             | Init:ImagePullBackOff |
        | whose init container has failed             | Pending |        | exited 1 Error                                  | waiting PodInitializing, waiting PodInitializing |             | Init:Error            |
        | whose init container has failed for nothing | Pending |        | exited 3                                        | waiting PodInitializing, waiting PodInitializing |             | Init:ExitCode:3       |
        | whose init container was killed             | Pending |        | killed by 9                                     | waiting PodInitializing, waiting PodInitializing |             | Init:Signal:9         |

      Examples: By its containers
        | case                                         | phase     | reason | init                                   | containers                                           | conditions  | word              |
        | whose containers are made                    | Pending   |        | exited 0 Completed, exited 0 Completed | waiting ContainerCreating, waiting ContainerCreating | Initialized | ContainerCreating |
        | whose second container crashes               | Running   |        | exited 0 Completed, exited 0 Completed | ready, waiting CrashLoopBackOff                      | Initialized | CrashLoopBackOff  |
        | whose containers wait for different things   | Pending   |        | exited 0 Completed, exited 0 Completed | waiting ErrImagePull, waiting CrashLoopBackOff       | Initialized | ErrImagePull      |
        | whose container has failed                   | Running   |        | exited 0 Completed, exited 0 Completed | exited 1 Error, ready                                | Initialized | Error             |
        | whose container has failed for nothing       | Running   |        | exited 0 Completed, exited 0 Completed | exited 7, ready                                      | Initialized | ExitCode:7        |
        | whose container was killed                   | Running   |        | exited 0 Completed, exited 0 Completed | killed by 15, ready                                  | Initialized | Signal:15         |
        | whose containers have ended                  | Succeeded |        | exited 0 Completed, exited 0 Completed | exited 0 Completed, exited 0 Completed               | Initialized | Completed         |
        | of which one container has ended             | Running   |        | exited 0 Completed, exited 0 Completed | exited 0 Completed, ready                            | Initialized, Ready | Running    |
        | of which one container has ended too early   | Running   |        | exited 0 Completed, exited 0 Completed | exited 0 Completed, ready                            | Initialized | NotReady          |

    @extended @since-1.27 @API-69
    Scenario: A pod that may not be scheduled yet
      When the pod "one" is created with
        | scheduling gates | example.com/approval |
      Then the table of pods reads
        | Name | Ready | Status          |
        | one  | 0/1   | SchedulingGated |

  Rule: A pod on its way out MUST be told as such
    Background:
      Given a cluster with the node "node-a"
      And the pod "one" was created with
        | node       | node-a           |
        | finalizers | example.com/hold |
      And the kubelet of "node-a" stopped

    @extended @API-69
    Scenario: It is terminating until it has ended
      When the pod "one" is deleted
      Then the table of pods reads
        | Name | Ready | Status      | Node   |
        | one  | 1/1   | Terminating | node-a |

    @extended @API-69
    Scenario: Nobody knows what becomes of it on a lost node
      Given the status of the pod "one" was written with
        | reason     | NodeLost |
      When the pod "one" is deleted
      Then the table of pods reads
        | Name | Status  |
        | one  | Unknown |

    @extended @since-1.32 @API-69
    Scenario: It has ended already
      Given the status of the pod "one" was written with
        | phase      | Failed         |
        | containers | exited 1 Error |
      When the pod "one" is deleted
      Then the table of pods reads
        | Name | Ready | Status |
        | one  | 0/1   | Error  |

  Rule: Ages MUST be told in one or two units, rounded down
    @extended @API-71
    Scenario Outline: <seconds> seconds are <age>
      Given a cluster without nodes
      And the event "noted" was last seen <seconds> seconds ago
      When the cluster comes to rest
      Then the table of events reads
        | Last Seen | Type   | Reason | Object          |
        | <age>     | Normal | Noted  | configmap/notes |

      Examples:
        | seconds   | age            |
        | 50        | 5<digits>s     |
        | 102       | 10<digits>s    |
        | 140       | 2m2<digits>s   |
        | 625       | 10m            |
        | 10750     | 179m           |
        | 11400     | 3h10m          |
        | 28900     | 8h             |
        | 172000    | 47h            |
        | 187300    | 2d4h           |
        | 700000    | 8d             |
        | 63000000  | 729d           |
        | 66000000  | 2y33d          |
        | 300000000 | 9y             |

    @extended @API-71
    Scenario: A time that is not known
      Given a cluster without nodes
      And the event "noted" was never seen
      When the cluster comes to rest
      Then the table of events reads
        | Last Seen | Type   | Reason |
        | <unknown> | Normal | Noted  |
