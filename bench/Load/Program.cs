using AspireLB.Load;

switch (args)
{
    case ["load", .. var rest]:
        Console.WriteLine(new LoadRun(Options.Parse(rest)).Run().ToJson());
        return 0;
    default:
        Console.Error.WriteLine("usage: Load load --port N [--path /] [--connections 64] [--seconds 3] [--rate 0] [--body 0] [--expect 54] [--new-connections false]");
        return 2;
}
