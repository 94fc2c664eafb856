// NodeModules
