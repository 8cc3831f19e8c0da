namespace Canary.Models.Gating;

/// <summary>What became of a load.</summary>
public enum GateAnswer
{
    Allowed,
    Denied,

    /// <summary>The file was open, or mapped, before the gate stood: its reads raise no events.</summary>
    Ungated,

    /// <summary>The bytes take a way on which no file is read: a disk of a program's own, memory of the device.</summary>
    Unverifiable,
}

/// <summary>The words of the field <c>Gate</c>.</summary>
public static class GateAnswers
{
    public static string Word(this GateAnswer answer) => answer switch
    {
        GateAnswer.Allowed => "allowed",
        GateAnswer.Denied => "denied",
        GateAnswer.Ungated => "ungated",
        _ => "unverifiable",
    };
}
