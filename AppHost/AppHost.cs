Console.WriteLine("AspireLB");
