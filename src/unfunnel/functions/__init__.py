"""The functions that formulas may use: on numbers and arrays, and on the graphs of models.

A formula names the functions of :class:`~unfunnel.functions.ops.Ops`, or a link, and does not know
what it is applied to. What ends in ``ops`` says how they are computed; those on graphs
(``graph_ops``, ``number_ops``) import PyTensor, all else imports no PyMC.
"""
