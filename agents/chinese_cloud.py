"""The role `chinese_cloud`: a cloud whose chips come only as far as export controls let them."""

from __future__ import annotations

from computeshift.agents.cloud import Cloud
from computeshift.agents.kinds import kind


@kind("chinese_cloud")
class ChineseCloud(Cloud):
    """A cloud in China: it builds and leases as any cloud does, with chips under export control."""

    export_controlled = True
