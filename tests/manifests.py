"""Manifests of a small installation: web servers added by an HPA, or by KEDA with a floor before eight."""

from pathlib import Path

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: websocket-server}
spec:
  template: {spec: {containers: [{name: web, resources: {requests: {cpu: 500m}}}]}}
"""
HPA = """
kind: HorizontalPodAutoscaler
metadata: {name: websocket-server}
spec:
  scaleTargetRef: {kind: Deployment, name: websocket-server}
  minReplicas: 2
  maxReplicas: 20
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
    - type: Pods
      pods: {metric: {name: websocket_connections}, target: {type: AverageValue, averageValue: "70"}}
"""
KEDA = """
kind: ScaledObject
metadata: {name: websocket-server}
spec:
  scaleTargetRef: {name: websocket-server}
  minReplicaCount: 2
  maxReplicaCount: 20
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 120}]}}
  triggers:
    - {type: cpu, metricType: Utilization, metadata: {value: "70"}}
    - {type: prometheus, metadata: {query: sum(websocket_connections), threshold: "70"}}
    - type: cron
      metadata: {timezone: Europe/Berlin, start: 40 7 * * 1-5, end: 0 10 * * 1-5, desiredReplicas: "14"}
"""


def manifests(folder: Path) -> Path:
    """Write them into this folder; return it."""
    (folder / "web.yaml").write_text(WEB)
    (folder / "steering.yaml").write_text(f"{HPA}---{KEDA}")
    return folder
