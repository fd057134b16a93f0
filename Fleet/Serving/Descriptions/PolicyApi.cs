using System.Text;
using System.Text.Json.Nodes;
using Agents.Policies;
using Fleet.Serving.Problems;
using Fleet.Serving.Questions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Fleet.Serving.Descriptions;

/// <summary>What a served policy is and how it is called: <c>GET /v1/policy</c>, and the document of its addresses by the OpenAPI standard.</summary>
/// <param name="policy">The policy.</param>
/// <param name="limits">How much one question may ask.</param>
/// <param name="names">What each action does; empty where they have no names.</param>
/// <param name="needsToken">Whether callers show a token.</param>
internal sealed class PolicyApi(SavedPolicy policy, PolicyLimits limits, IReadOnlyList<string> names, bool needsToken)
{
    /// <summary>Address that tells whether the service is there; open without a token.</summary>
    public const string HealthPath = "/health";

    /// <summary>Address of the description.</summary>
    public const string PolicyPath = "/v1/policy";

    /// <summary>Address of the actions.</summary>
    public const string ActPath = "/v1/act";

    private const string DocumentName = "v1";
    private const string TokenScheme = "token";
    private const string Json = "application/json";

    /// <summary>What each action does; empty where they have no names.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>The answer of <c>GET /v1/policy</c>.</summary>
    public byte[] Describe() =>
        Encoding.UTF8.GetBytes(PolicyDescription.Of(policy, limits, Names).ToJsonString(PolicyDescription.Plain));

    /// <summary>Adds what makes the document.</summary>
    public void AddTo(IServiceCollection services) =>
        services.AddOpenApi(
            DocumentName,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        Fill(document);
                        return Task.CompletedTask;
                    }
                );
            }
        );

    /// <summary>The document of the addresses.</summary>
    public static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        OpenApiDocument document = await services
            .GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName)
            .GetOpenApiDocumentAsync()
            .ConfigureAwait(false);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false));
    }

    // The paths are those of the endpoints; what is asked and answered there follows from the policy, of which no type knows.
    private void Fill(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = $"A policy of {policy.Info.Environment}",
            Version = DocumentName,
            Description = string.Join(" ", [.. PolicyNeeds.OfCaller(policy), .. PolicyNeeds.OfPolicy(policy)]),
            License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>();
        document.AddComponent("Observation", SpaceSchema.OfObservation(policy.ObservationSpace));
        document.AddComponent("Action", SpaceSchema.OfAction(policy.ActionSpace, Names));
        document.AddComponent("Question", Question(document));
        document.AddComponent("Answer", Answer(document));
        document.AddComponent("Policy", PolicyDescription.Schema());
        document.AddComponent("Problem", ProblemSchema());
        OpenApiOperation health = Operation(document, HealthPath, HttpMethod.Get);
        Set(health, "health", "Whether the service is there.", "The word healthy: the policy is loaded and answers.");
        health.Responses = new OpenApiResponses
        {
            ["200"] = Content("healthy", "text/plain", new OpenApiSchema { Type = JsonSchemaType.String }),
        };
        OpenApiOperation describe = Operation(document, PolicyPath, HttpMethod.Get);
        Set(describe, "describe", "What the policy is.", "Its spaces, its memory, and what a caller has to give it.");
        describe.Responses = Answers(document, "What the policy is.", "Policy", []);
        OpenApiOperation act = Operation(document, ActPath, HttpMethod.Post);
        Set(act, "act", "Chooses actions.", "One action for each observation.");
        act.Parameters = null;
        act.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new() { Schema = new OpenApiSchemaReference("Question", document) },
            },
        };
        act.Responses = Answers(document, "What the policy does.", "Answer", ["400", "413", "415"]);
        if (needsToken)
        {
            document.AddComponent(TokenScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" });
            OpenApiSecurityRequirement token = new() { [new OpenApiSecuritySchemeReference(TokenScheme, document)] = [] };
            (describe.Security, act.Security) = ([token], [token]);
        }
        document.RegisterComponents();
    }

    private static OpenApiOperation Operation(OpenApiDocument document, string path, HttpMethod method) =>
        document.Paths[path].Operations![method];

    private static void Set(OpenApiOperation operation, string id, string summary, string description)
    {
        (operation.OperationId, operation.Summary, operation.Description) = (id, summary, description);
        operation.Tags = new HashSet<OpenApiTagReference>();
        operation.Security = [];
    }

    private static OpenApiResponse Content(string description, string type, IOpenApiSchema schema) =>
        new()
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { [type] = new() { Schema = schema } },
        };

    private OpenApiResponses Answers(OpenApiDocument document, string description, string schema, IReadOnlyList<string> refusals)
    {
        var answers = new OpenApiResponses { ["200"] = Content(description, Json, new OpenApiSchemaReference(schema, document)) };
        foreach (string status in needsToken ? refusals.Append("401") : refusals)
        {
            answers[status] = Content(
                string.Join(" ", ProblemKind.Known.Where(kind => $"{kind.Status}" == status).Select(kind => kind.Title)),
                Problem.ContentType,
                new OpenApiSchemaReference("Problem", document)
            );
        }
        return answers;
    }

    private OpenApiSchema Question(OpenApiDocument document)
    {
        var observation = new OpenApiSchemaReference("Observation", document);
        OpenApiSchema truth() => new() { Type = JsonSchemaType.Boolean };
        OpenApiSchema state() => SpaceSchema.List(SpaceSchema.Number, policy.CoreStateSize);
        OpenApiSchema shared(bool isSingle)
        {
            QuestionField asked = isSingle ? QuestionField.Observation : QuestionField.Observations;
            IOpenApiSchema value = isSingle ? observation : Several(observation);
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = asked.Meaning,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    [asked.Name] = value,
                    [QuestionField.EpisodeStarts.Name] = With(isSingle ? truth() : Several(truth()), QuestionField.EpisodeStarts),
                    [QuestionField.CoreState.Name] = With(isSingle ? state() : Several(state()), QuestionField.CoreState),
                    [QuestionField.Sample.Name] = With(truth(), QuestionField.Sample),
                    [QuestionField.Raw.Name] = With(truth(), QuestionField.Raw),
                },
                Required = new HashSet<string> { asked.Name },
                AdditionalPropertiesAllowed = false,
            };
        }
        return new OpenApiSchema { OneOf = [shared(isSingle: true), shared(isSingle: false)] };
    }

    private OpenApiSchema Answer(OpenApiDocument document)
    {
        var action = new OpenApiSchemaReference("Action", document);
        OpenApiSchema name = new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. Names.Select(text => (JsonNode)JsonValue.Create(text))],
        };
        OpenApiSchema state = SpaceSchema.List(SpaceSchema.Number, policy.CoreStateSize);
        OpenApiSchema row = SpaceSchema.List(SpaceSchema.Number, policy.ActionSpace.Size);
        row.Description = "All numbers of an action in one list.";
        OpenApiSchema kept(OpenApiSchema schema)
        {
            OpenApiSchema none = new() { Type = JsonSchemaType.Null };
            return policy.CoreStateSize == 0 ? none : schema;
        }
        OpenApiSchema one = SpaceSchema.Object(("log_prob", SpaceSchema.Number), ("core_state", kept(state)));
        OpenApiSchema many = SpaceSchema.Object(
            ("actions", Several(row)),
            ("log_probs", Several(SpaceSchema.Number)),
            ("core_state", kept(Several(state)))
        );
        one.Properties!["action"] = action;
        one.Required!.Add("action");
        one.Description = "Of one observation. With raw, the action is what was drawn, and may lie outside its bounds.";
        many.Description = "Of several observations, in their order.";
        if (Names.Count > 0)
        {
            one.Properties["action_name"] = name;
            many.Properties!["action_names"] = Several(name);
            one.Required.Add("action_name");
            many.Required!.Add("action_names");
        }
        return new OpenApiSchema { OneOf = [one, many] };
    }

    private OpenApiSchema Several(IOpenApiSchema items) =>
        new()
        {
            Type = JsonSchemaType.Array,
            Items = items,
            MinItems = 1,
            MaxItems = limits.Rows,
        };

    private static OpenApiSchema With(OpenApiSchema schema, QuestionField field)
    {
        schema.Description = field.Meaning;
        schema.Type |= JsonSchemaType.Null; // as if the field was not there
        return schema;
    }

    private static OpenApiSchema ProblemSchema()
    {
        static OpenApiSchema text(string meaning) => new() { Type = JsonSchemaType.String, Description = meaning };
        OpenApiSchema problem = SpaceSchema.Object(
            ("type", text("Names the kind of trouble.")),
            ("title", text("What it is; the same for each problem of a kind.")),
            ("status", new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "Status of the answer." }),
            ("detail", text("What is wrong with this request, and what was expected."))
        );
        problem.Properties!["type"] = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. ProblemKind.Known.Select(kind => (JsonNode)JsonValue.Create(kind.Type))],
        };
        problem.Properties["field"] = text("Where in the body, such as observation.speed.");
        problem.Description = "Problem details of RFC 9457.";
        return problem;
    }
}
