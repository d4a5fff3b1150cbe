"""Decides what happens to a ticket, and can say why.

Pure: `now`, the facts and the text of the rule files are arguments; the answer is a decision that others carry out.

The rules that an admin writes (`rules.yaml`, then each file below `rules/`, in the order of their names):

    words:                                   # lists of words, for every rule of the desk
      outage: [is down, unreachable, plant*]
    rules:
      - rule: Production is down             # a name, which the ticket's timeline and `tkt show` print
        event: [opened, customer_replied]    # what must happen; `opened` when it is left out
        when:                                # clauses that must all hold; `any`, `all` and `not` nest
          words contain one of: $outage
          not: {sender is: "@example.com"}
        then: {priority: P1, assignee: marie, tell: {to: ops, text: "{{ matched }}"}}
        until: 2026-12-05                    # its last day
        stop: true                           # no later rule is asked
        examples:                            # what must become of which mail
          - {mail: {subject: The site is down}, becomes: {priority: P1}}

event      one word of `occasion.EVENTS`. An occasion is one thing that happened to one ticket, with the ticket before
           and after; several events may be true of it (a reply that reopens). A time of day, a target, and `every …`
           are occasions of a timer, to be added there.
when       `<field> <operator>: <value>`. Fields are rows of `fields.FIELDS`, operators of `operators.OPERATORS`; which
           go together stands in `comparing.TESTS`. Text is compared without case and accents, words as whole words.
then       words of `then.ACTIONS`. `{{ name }}` in a text is a named group of an expression, `matched`, `ticket`,
           `customer`, or any field.
until      the rule takes itself out after that day.
stop       the first that fired is the last; `stop: true` at the top of a file says it for each of its rules.

Order is the file's. Rules are asked once each, from top to bottom; each sees what earlier ones have set, and what one
sets can make a later one fire (`status changed`), never an earlier one or itself: so there is always an end.
"""
