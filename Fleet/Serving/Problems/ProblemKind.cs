namespace Fleet.Serving.Problems;

/// <summary>A kind of trouble that callers can tell apart, as RFC 9457 has it: the same kind has the same type and title. Immutable.</summary>
internal sealed record ProblemKind
{
    /// <summary>The body is no JSON.</summary>
    public static readonly ProblemKind MalformedJson = new("malformed-json", "The body is not JSON.", 400);

    /// <summary>A field has another form than it should.</summary>
    public static readonly ProblemKind WrongForm = new("wrong-form", "A field has the wrong form.", 400);

    /// <summary>A list or a text has another length than it should.</summary>
    public static readonly ProblemKind WrongLength = new("wrong-length", "A field has the wrong length.", 400);

    /// <summary>A number is none that may stand there.</summary>
    public static readonly ProblemKind WrongValue = new("wrong-value", "A number is not possible.", 400);

    /// <summary>A field that nobody knows.</summary>
    public static readonly ProblemKind UnknownField = new("unknown-field", "A field is not known.", 400);

    /// <summary>A field that has to be there is not.</summary>
    public static readonly ProblemKind MissingField = new("missing-field", "A field is missing.", 400);

    /// <summary>A field stands twice, or beside one that excludes it.</summary>
    public static readonly ProblemKind RepeatedField = new("repeated-field", "A field may not stand there again.", 400);

    /// <summary>More than is answered at once.</summary>
    public static readonly ProblemKind TooLarge = new("too-large", "The request is too large.", 413);

    /// <summary>The request did not arrive as a whole.</summary>
    public static readonly ProblemKind Incomplete = new("incomplete", "The request did not arrive as a whole.", 400);

    /// <summary>The caller did not show the token.</summary>
    public static readonly ProblemKind Unauthorized = new("unauthorized", "The token is missing or wrong.", 401);

    /// <summary>There is no such address.</summary>
    public static readonly ProblemKind NotFound = new("not-found", "There is no such address.", 404);

    /// <summary>The address is there, and not for this method.</summary>
    public static readonly ProblemKind WrongMethod = new("wrong-method", "The method is not possible at this address.", 405);

    /// <summary>The body is packed.</summary>
    public static readonly ProblemKind PackedBody = new("packed-body", "The body is compressed.", 415);

    /// <summary>What should not happen.</summary>
    public static readonly ProblemKind Fault = new("fault", "The service failed.", 500);

    private ProblemKind(string name, string title, int status)
    {
        All.Add(this);
        (Name, Title, Status) = (name, title, status);
    }

    /// <summary>Every kind, in the order above.</summary>
    public static IReadOnlyList<ProblemKind> Known => All;

    /// <summary>Its name, unique.</summary>
    public string Name { get; }

    /// <summary>What it is, in a sentence that is the same each time.</summary>
    public string Title { get; }

    /// <summary>Status of HTTP that it is told with, unless another one is given.</summary>
    public int Status { get; }

    /// <summary>Its URI, which names it and leads nowhere.</summary>
    public string Type => "urn:agents:problem:" + Name;

    private static List<ProblemKind> All => field ??= [];
}
