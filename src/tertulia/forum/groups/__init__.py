"""Groups: their names, and the services about membership."""
