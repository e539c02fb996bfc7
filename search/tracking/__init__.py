"""MLflow's mirror of a run; the only place that imports mlflow."""
