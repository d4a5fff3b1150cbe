"""What would make a splitter of quotations go back and forth, to be repeated many times."""

FRAGMENTS = [
    *(
        "\n",
        ":\n",
        "wrote:\n",
        ">\na\n",
        "> \n",
        "From: a\n",
        "From: a@b\n\n",
        "From: a@b\nTo: b\n\n\n",
        "On x\n",
        "-- \n",
        "<:\n",
        "_____\n",
    ),
    *("On 1 Jan 2026 10:00\n", "a@b.example wrote:\n", "<b@c>:\n", "12.12.2026 12:00 <b@c> \n", "a <b@c\n> wrote\n"),
    *(
        "-----Original\n",
        "-----Original Message\n",
        "----- original message " + "= " * 38 + "x\n",
        "\u2014\n",
        "__\na\n",
    ),
    *("Begin forwarded message:\n", "x\nSent from my iPhone\n", "sent from " + "a." * 20 + "\n", "Best regards\nA\n"),
    *("On " + "wrote " * 90 + ":\n", " " * 500 + ":\n", "x" * 600 + ":\n", "2026-01-01 10:00 " + "a" * 150 + ":\n"),
    *(
        "> " + "a" * 70 + "\nb c d\n",
        "> y\n\nx\n\n",
        "\u5199\u9053\uff1a\n",
        "-Ann Example\n\n",
        "(",
        "\ufdd0\ufdd1",
        "\ufdd0\n",
    ),
    *("if you are not the intended recipient this is confidential\n", "a On 1.1.2026 b@c wrote:\n", "\u200e\u200e\n"),
]
