System.Console.WriteLine("agents");
