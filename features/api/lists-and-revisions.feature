Feature: Lists of DaemonSets and the ControllerRevision resource

  Background:
    Given a cluster without nodes

  Rule: DaemonSets MUST be found by their labels and their name
    Background:
      Given the DaemonSet "agent" runs on no node with
        | label | team=blue,tier=node |
      And the DaemonSet "exporter" runs on no node with
        | label | team=red,tier=node |

    @core @API-06 @API-02
    Scenario Outline: The label selector <selector> finds <found>
      When the DaemonSets labelled "<selector>" are listed
      Then the list shows exactly <found>

      Examples:
        | selector             | found                    |
        | team=blue            | "agent"                  |
        | tier=node            | "agent" and "exporter"   |
        | tier=node,team!=blue | "exporter"               |
        | team in (red,green)  | "exporter"               |
        | !team                | nothing                  |

    @core @API-06
    Scenario: The name is a field to select by
      When the DaemonSets with the field "metadata.name=exporter" are listed
      Then the list shows exactly "exporter"

    @extended @API-06
    Scenario: Other fields cannot be selected by
      When the DaemonSets with the field "spec.minReadySeconds=0" are listed
      Then the request is refused as "BadRequest" with "is not a known field selector"

  Rule: Clients MUST be able to write ControllerRevisions that are valid
    @core @API-58 @API-59
    Scenario: A revision is created, found and deleted
      When the ControllerRevision "note-1" is created with
        | field    | value           |
        | revision | 3               |
        | data     | {"note":"kept"} |
      Then the ControllerRevision "note-1" has these fields
        | field     | value           |
        | revision  | 3               |
        | data.note | "kept"          |

    Scenario Outline: <field> set to <value> is refused
      When the ControllerRevision "note-1" is created with
        | field   | value   |
        | <field> | <value> |
      Then the request is refused as "Invalid" at "<field>" with "<reason>"

      @core @API-60
      Examples: Numbers
        | field    | value | reason                             |
        | revision | -1    | must be greater than or equal to 0 |

      @extended @since-1.31 @API-61 @GATES-13
      Examples: Data that is no object
        | field | value   | reason         |
        | data  | [1,2]   | Required value |
        | data  | "text"  | Required value |

    @core @API-62
    Scenario: The data of a revision is immutable
      Given the ControllerRevision "note-1" was created with
        | field    | value           |
        | revision | 3               |
        | data     | {"note":"kept"} |
      When "data.note" of the ControllerRevision "note-1" is changed to "lost"
      Then the request is refused as "Invalid" at "data" with "field is immutable"

    @core @API-62
    Scenario: The number of a revision may change, also downwards
      Given the ControllerRevision "note-1" was created with
        | field    | value           |
        | revision | 3               |
        | data     | {"note":"kept"} |
      When "revision" of the ControllerRevision "note-1" is changed to 2
      Then the ControllerRevision "note-1" has these fields
        | field    | value |
        | revision | 2     |
