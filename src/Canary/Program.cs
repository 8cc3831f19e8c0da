using Canary.Commands;

return await CommandTree.Create().Parse(args).InvokeAsync();
