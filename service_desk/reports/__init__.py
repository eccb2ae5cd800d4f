"""Reports: figures over what happened. It writes its own tables, which can all be made again (docs/adr/0010), and no others."""
